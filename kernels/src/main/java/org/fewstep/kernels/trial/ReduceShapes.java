package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Workload;

/** Sums and greatest numbers of the middle axis. */
final class ReduceShapes extends FamilyShapes {
    ReduceShapes() {
        super(
                Workload.Family.REDUCE,
                "outer x n x inner",
                List.of("1024x256x1", "1x131072x1", "1x1024x256", "16x1024x64", "1x16777216x1"),
                List.of("1x1x1", "3x255x1", "1x256x7", "5x257x3", "1x1300x1", "2x4097x2"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Reduce.Code code : Reduce.Code.values()) {
            boolean exact = code == Reduce.Code.MAX || code == Reduce.Code.ARG_MAX;
            to.add(trial("reduce " + lower(code), shape, exact ? 0 : 32, o -> {
                Buffer in = o.uniform(s[0] * s[1] * s[2], 0.25, 1);
                int results = s[0] * s[2];
                Buffer out = code == Reduce.Code.ARG_MAX ? o.ints(new int[results]) : o.blank(results);
                return new Reduce(code, s[0], s[1], s[2], 0.5, in, out);
            }));
        }
    }
}
