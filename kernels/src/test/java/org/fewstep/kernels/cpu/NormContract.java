package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Norm.Code;

/** Layer and RMS normalisation against the definition, its derivative against the Jacobian. */
final class NormContract {
    private NormContract() {}

    static void check(Blocks blocks) {
        for (int n : new int[] {1, 2, 3, 16, 100, 257, 1100}) {
            for (int rows : new int[] {0, 1, 5, 130}) {
                int count = n < 300 ? rows : Math.min(rows, 4);
                rows(blocks, true, count, n, 0, 1e-5);
                rows(blocks, false, count, n, 0, 1e-5);
            }
            rows(blocks, true, 3, n, 100, 1e-3);
            rows(blocks, false, 3, n, 5, 1e-3);
        }
        for (int n : new int[] {2049, 5000, 8200}) {
            rows(blocks, true, 1, n, 0, 1e-5);
            rows(blocks, false, 1, n, 0, 1e-5);
        }
        Buffer out = blocks.blank(4);
        blocks.device().run(new Norm(Code.LAYER, 1, 4, 1e-5, blocks.of(7, 7, 7, 7), null, out));
        assertClose("constant row", new double[4], blocks.read(out), 0);
        blocks.device().run(new Norm(Code.LAYER, 2, 2, 1e-5, blocks.of(1, Double.NaN, 1, 3), null, out));
        double y = 1 / Math.sqrt(1 + 1e-5);
        assertClose("NaN", new double[] {Double.NaN, Double.NaN, -y, y}, blocks.read(out), 2 * blocks.epsilon());
    }

    private static void rows(Blocks blocks, boolean centred, int rows, int n, double shift, double eps) {
        double[] x = Blocks.random(1, rows * n, -1, 1);
        for (int i = 0; i < x.length; i++) {
            x[i] = blocks.rounded(x[i] + shift);
        }
        double[] g = Blocks.random(2, rows * n, -1, 1);
        double[] y = new double[rows * n];
        double[] along = new double[rows * n];
        double[] rstd = new double[rows];
        for (int row = 0; row < rows; row++) {
            int from = row * n;
            double mean = 0;
            for (int i = from; i < from + n; i++) {
                mean += centred ? x[i] / n : 0;
            }
            double variance = 0;
            for (int i = from; i < from + n; i++) {
                variance += (x[i] - mean) * (x[i] - mean) / n;
            }
            rstd[row] = 1 / Math.sqrt(variance + eps);
            for (int i = from; i < from + n; i++) {
                y[i] = (x[i] - mean) * rstd[row];
            }
            for (int i = from; i < from + n; i++) {
                for (int j = from; j < from + n; j++) {
                    along[i] += rstd[row] * ((i == j ? 1 : 0) - (centred ? 1.0 / n : 0) - y[i] * y[j] / n) * g[j];
                }
            }
        }
        String what = (centred ? "layer" : "rms") + " norm of (" + rows + ", " + n + ")";
        // A row of spread 1 / rstd loses rstd (1 + |shift|) units: x - mean cancels.
        double[] error = new double[rows * n];
        double[] errorAlong = new double[rows * n];
        double[] errorRstd = new double[rows];
        for (int i = 0; i < rows * n; i++) {
            double r = rstd[i / n];
            error[i] = 8 * blocks.epsilon() * (1 + shift) * (1 + r);
            errorAlong[i] = 8 * r * error[i];
            errorRstd[i / n] = 8 * blocks.epsilon() * (1 + shift) * r * (1 + r);
        }
        Buffer out = blocks.blank(rows * n);
        blocks.device().run(new Norm(centred ? Code.LAYER : Code.RMS, rows, n, eps, blocks.of(x), null, out));
        assertClose(what, y, blocks.read(out), error);
        blocks.device()
                .run(new Norm(
                        centred ? Code.LAYER_ALONG : Code.RMS_ALONG, rows, n, eps, blocks.of(x), blocks.of(g), out));
        assertClose(what + " along", along, blocks.read(out), errorAlong);
        Buffer one = blocks.blank(rows);
        blocks.device().run(new Norm(centred ? Code.LAYER_RSTD : Code.RMS_RSTD, rows, n, eps, blocks.of(x), null, one));
        assertClose(what + " rstd", rstd, blocks.read(one), errorRstd);
    }
}
