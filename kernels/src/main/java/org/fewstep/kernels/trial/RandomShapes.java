package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Workload;

/** Noise, which has the same bits everywhere. */
final class RandomShapes extends FamilyShapes {
    RandomShapes() {
        super(
                Workload.Family.RANDOM,
                "samples x width",
                List.of("16x8192", "256x65536"),
                List.of("1x1", "3x5", "7x64", "2x1023"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Random.Code code : Random.Code.values()) {
            to.add(trial(
                    "random " + lower(code),
                    shape,
                    0,
                    o -> new Random(code, 42, s[0], s[1], o.ints(3, -2, 0), o.blank(s[0] * s[1]))));
        }
    }
}
