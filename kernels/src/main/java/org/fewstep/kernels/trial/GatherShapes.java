package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.Workload;

/** Rows picked from a table, and added to it. */
final class GatherShapes extends FamilyShapes {
    GatherShapes() {
        super(
                Workload.Family.GATHER,
                "tableRows x count x width",
                List.of("1000x1024x128", "50000x4096x768"),
                List.of("1x1x1", "3x7x5", "11x64x33", "100x5x65"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Gather.Code code : Gather.Code.values()) {
            boolean pick = code == Gather.Code.PICK;
            to.add(trial("gather " + lower(code), shape, pick ? 0 : sum(s[1]), o -> {
                int[] rows = new int[s[1]];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = (int) (i * 7919L % s[0]);
                }
                Buffer index = o.ints(rows);
                Buffer in = o.uniform((pick ? s[0] : s[1]) * s[2], -1, 1);
                Buffer out = o.blank((pick ? s[1] : s[0]) * s[2]);
                return new Gather(code, s[0], s[1], s[2], index, in, out);
            }));
        }
    }
}
