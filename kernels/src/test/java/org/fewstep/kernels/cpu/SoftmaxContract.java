package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Softmax.Code;

/** Softmax, its logarithm and its derivative against the definition. */
final class SoftmaxContract {
    private SoftmaxContract() {}

    static void check(Blocks blocks) {
        for (int n : new int[] {0, 1, 2, 10, 64, 255, 512, 513, 1300}) {
            for (int rows : new int[] {0, 1, 3, 90}) {
                rows(blocks, n < 300 ? rows : Math.min(rows, 4), n, 0);
            }
            rows(blocks, 2, n, 500);
        }
        rows(blocks, 2, 2049, 0);
        rows(blocks, 1, 5000, 0);
        unusual(blocks);
    }

    private static void rows(Blocks blocks, int rows, int n, double shift) {
        double[] x = Blocks.random(1, rows * n, -6, 6);
        for (int i = 0; i < x.length; i++) {
            x[i] = blocks.rounded(x[i] + shift);
        }
        double[] g = Blocks.random(2, rows * n, -1, 1);
        double[] y = new double[rows * n];
        double[] log = new double[rows * n];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * n; i < (row + 1) * n; i++) {
                y[i] = Math.exp(x[i] - shift);
                sum += y[i];
            }
            for (int i = row * n; i < (row + 1) * n; i++) {
                y[i] /= sum;
                log[i] = Math.log(y[i]);
            }
        }
        String what = "softmax of (" + rows + ", " + n + ")";
        Buffer out = blocks.blank(rows * n);
        blocks.device().run(new Softmax(Code.FORWARD, rows, n, blocks.of(x), null, out));
        assertClose(what, y, blocks.read(out), 12 * blocks.epsilon());
        blocks.device().run(new Softmax(Code.LOG, rows, n, blocks.of(x), null, out));
        assertClose("log " + what, log, blocks.read(out), 30 * blocks.epsilon());

        // Along g: d/dt softmax at given values, as the definition sum_j y_i (delta_ij - y_j) g_j.
        double[] along = new double[rows * n];
        for (int i = 0; i < y.length; i++) {
            y[i] = blocks.rounded(y[i]);
        }
        for (int row = 0; row < rows; row++) {
            for (int i = row * n; i < (row + 1) * n; i++) {
                for (int j = row * n; j < (row + 1) * n; j++) {
                    along[i] += y[i] * ((i == j ? 1 : 0) - y[j]) * g[j];
                }
            }
        }
        blocks.device().run(new Softmax(Code.ALONG, rows, n, blocks.of(y), blocks.of(g), out));
        double sumError = blocks.epsilon() == 0x1p-23 ? 1e-6 : 1e-14;
        assertClose("along " + what, along, blocks.read(out), sumError);
    }

    private static void unusual(Blocks blocks) {
        double inf = Double.POSITIVE_INFINITY;
        Buffer out = blocks.blank(3);
        blocks.device().run(new Softmax(Code.FORWARD, 1, 3, blocks.of(0, -inf, 0), null, out));
        assertClose("masked", new double[] {0.5, 0, 0.5}, blocks.read(out), blocks.epsilon());
        blocks.device().run(new Softmax(Code.LOG, 1, 3, blocks.of(0, -inf, 0), null, out));
        double half = -Math.log(2);
        assertClose("masked log", new double[] {half, -inf, half}, blocks.read(out), 2 * blocks.epsilon());
        blocks.device().run(new Softmax(Code.FORWARD, 1, 3, blocks.of(-1000, 0, 1000), null, out));
        assertClose("far apart", new double[] {0, 0, 1}, blocks.read(out), 0);
        double[] peak = new double[40];
        double[] first = new double[40];
        peak[0] = 1000;
        first[0] = 1;
        out = blocks.blank(40);
        blocks.device().run(new Softmax(Code.FORWARD, 1, 40, blocks.of(peak), null, out));
        assertClose("far above", first, blocks.read(out), 0);
        out = blocks.blank(3);
        double[] nan = new double[3];
        Arrays.fill(nan, Double.NaN);
        blocks.device().run(new Softmax(Code.FORWARD, 1, 3, blocks.of(0, Double.NaN, 0), null, out));
        assertClose("NaN", nan, blocks.read(out), 0);
    }
}
