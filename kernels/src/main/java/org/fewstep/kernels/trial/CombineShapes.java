package org.fewstep.kernels.trial;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Workload;

/** Weighted sums as solvers' steps have them. */
final class CombineShapes extends FamilyShapes {
    CombineShapes() {
        super(
                Workload.Family.COMBINE,
                "points x terms",
                List.of("196608x4", "12582912x3"),
                List.of("1x1", "31x2", "255x3", "257x4", "33x5", "1300x6", "1x7", "513x8"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        to.add(trial("combine", shape, sum(s[1]), o -> work(o, s[0], s[1])));
    }

    private static Workload work(Operands o, int points, int terms) {
        double[] coefficients = new double[terms];
        List<Buffer> x = new ArrayList<>();
        for (int j = 0; j < terms; j++) {
            coefficients[j] = 0.7 - 0.3 * j;
            x.add(o.uniform(points, -1, 1));
        }
        return new Combine(points, coefficients, x, o.blank(points));
    }
}
