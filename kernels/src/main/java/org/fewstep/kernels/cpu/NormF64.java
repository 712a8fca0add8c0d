// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Norm;

/** Reference of the normalisations and their derivative, row by row; the variance is that of the centred numbers. */
@SuppressWarnings("cast") // the casts narrow in the twin
final class NormF64 {
    /** Numbers a part, roughly. */
    private static final int PART = 8192;

    private static final int TERMS = 0;
    private static final int SUMS = 1;

    private NormF64() {}

    static Prepared prepare(Norm w, Threads threads) {
        int n = w.n();
        boolean centred = w.code().centred();
        double eps = (double) w.eps();
        double[] x = CpuBuffer.f64(w.x());
        double[] y = CpuBuffer.f64(w.out());
        double[] g = w.g() == null ? x : CpuBuffer.f64(w.g());
        int group = Math.max(1, PART / n);
        return Prepared.of(threads, (w.rows() + group - 1) / group, 3L * w.rows() * n, part -> {
            for (int row = part * group; row < Math.min(w.rows(), (part + 1) * group); row++) {
                int from = row * n;
                double mean = centred ? sum(x, from, n) / n : 0.0;
                double rstd = rstd(x, mean, eps, from, n);
                switch (w.code()) {
                    case LAYER, RMS -> {
                        for (int i = from; i < from + n; i++) {
                            y[i] = (x[i] - mean) * rstd;
                        }
                    }
                    case LAYER_ALONG, RMS_ALONG -> along(centred, x, mean, rstd, g, from, from, n, y, from);
                    case LAYER_RSTD, RMS_RSTD -> y[row] = rstd;
                }
            }
        });
    }

    /** 1 / sqrt(mean((x - mean)^2) + eps) of a row. */
    static double rstd(double[] x, double mean, double eps, int from, int n) {
        return 1.0 / (double) Math.sqrt(sumCentred(x, mean, x, mean, from, n) / n + eps);
    }

    /** J g of a row of x, which starts at {@code from}; that of g starts at {@code start}, that of y at {@code to}. */
    static void along(
            boolean centred,
            double[] x,
            double mean,
            double rstd,
            double[] g,
            int start,
            int from,
            int n,
            double[] y,
            int to) {
        double meanG = centred ? sum(g, start, n) / n : 0.0;
        // mean(y g), y = (x - mean) rstd
        double meanYG = sumCentred(x, mean, from, g, 0.0, start, n) / n * rstd;
        for (int i = 0; i < n; i++) {
            y[to + i] = rstd * (g[start + i] - meanG - (x[from + i] - mean) * rstd * meanYG);
        }
    }

    static double sum(double[] x, int from, int n) {
        double[] sums = Scratch.mine().f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = b * SumF64.BLOCK;
            sums[b] = SumF64.block(x, from + first, Math.min(SumF64.BLOCK, n - first));
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }

    /** Sum of (u - p) (v - q), both rows starting at {@code from}. */
    static double sumCentred(double[] u, double p, double[] v, double q, int from, int n) {
        return sumCentred(u, p, from, v, q, from, n);
    }

    private static double sumCentred(double[] u, double p, int fromU, double[] v, double q, int fromV, int n) {
        Scratch scratch = Scratch.mine();
        double[] terms = scratch.f64(TERMS, SumF64.BLOCK);
        double[] sums = scratch.f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = b * SumF64.BLOCK;
            int count = Math.min(SumF64.BLOCK, n - first);
            for (int i = 0; i < count; i++) {
                terms[i] = (u[fromU + first + i] - p) * (v[fromV + first + i] - q);
            }
            sums[b] = SumF64.block(terms, 0, count);
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }
}
