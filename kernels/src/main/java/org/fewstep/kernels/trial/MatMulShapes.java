package org.fewstep.kernels.trial;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Workload;

/** Products (m, k) (k, n). */
final class MatMulShapes extends FamilyShapes {
    /** More take the oracle longer than some seconds; of such a product some rows are compared. */
    private static final double MOST_FLOPS = 2e10;

    private static final int SAMPLED_ROWS = 67;

    MatMulShapes() {
        super(
                Workload.Family.MATMUL,
                "m x k x n",
                List.of("256x256x256", "1x256x256", "64x128x512", "1024x256x256", "512x512x512", "1024x1024x1024"),
                List.of(
                        "1x1x1",
                        "2x4x3",
                        "1x20x300",
                        "33x17x2",
                        "65x9x33",
                        "5x13x520",
                        "130x6x31",
                        "64x64x64",
                        "128x96x64",
                        "40x530x40"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        Trial trial = trial("matmul", shape, sum(s[1]), o -> product(o, 1, s, false, false, false));
        boolean whole = 2.0 * s[0] * s[1] * s[2] <= MOST_FLOPS || s[0] <= SAMPLED_ROWS;
        to.add(whole ? trial : sampled(trial, s));
    }

    /** With rows all over the result, of many places in a tile. */
    private static Trial sampled(Trial trial, int[] s) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < SAMPLED_ROWS; i++) {
            rows.add((int) ((s[0] - 1L) * i / (SAMPLED_ROWS - 1)));
        }
        Trial.Sample sample = new Trial.Sample(rows, s[2], o -> {
            Buffer a = o.uniformRows(rows, s[1], -1, 1);
            Buffer b = o.uniform(s[1] * s[2], -1, 1);
            Buffer c = o.blank(SAMPLED_ROWS * s[2]);
            return new MatMul(1, SAMPLED_ROWS, s[2], s[1], false, false, false, false, a, b, null, c);
        });
        return new Trial(trial.family(), trial.label(), trial.shape(), trial.epsilons(), trial.maker(), sample);
    }

    @Override
    void addVariants(int[] s, String shape, List<Trial> to) {
        to.add(trial("matmul A turned", shape, sum(s[1]), o -> product(o, 1, s, true, false, false)));
        to.add(trial("matmul B turned", shape, sum(s[1]), o -> product(o, 1, s, false, true, false)));
        to.add(trial("matmul both turned", shape, sum(s[1]), o -> product(o, 1, s, true, true, false)));
        to.add(trial("matmul of 3", shape, sum(s[1]), o -> product(o, 3, s, false, false, false)));
        to.add(trial("matmul bias gelu", shape, sum(s[1]), o -> product(o, 1, s, false, false, true)));
    }

    private static Workload product(Operands o, int items, int[] s, boolean transA, boolean transB, boolean ending) {
        int m = s[0];
        int k = s[1];
        int n = s[2];
        Buffer a = o.uniform(items * m * k, -1, 1);
        Buffer b = o.uniform(items * k * n, -1, 1);
        Buffer c = o.blank(items * m * n);
        if (!ending) {
            return new MatMul(items, m, n, k, transA, transB, false, false, a, b, null, c);
        }
        Buffer bias = o.uniform(n, -1, 1);
        Buffer pre = o.blank(items * m * n);
        return new MatMul(items, m, n, k, transA, transB, false, false, a, b, bias, Elementwise.Code.GELU, pre, c);
    }
}
