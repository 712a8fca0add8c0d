// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Softmax;

/** Reference of softmax, log-softmax and their derivative, row by row. */
@SuppressWarnings("cast") // the casts narrow in the twin
final class SoftmaxF64 {
    /** Numbers a part, roughly. */
    private static final int PART = 4096;

    private static final int TERMS = 0;
    private static final int SUMS = 1;

    private SoftmaxF64() {}

    static Prepared prepare(Softmax w, Threads threads) {
        int n = w.n();
        double[] x = CpuBuffer.f64(w.x());
        double[] y = CpuBuffer.f64(w.out());
        double[] g = w.g() == null ? x : CpuBuffer.f64(w.g());
        int group = Math.max(1, PART / Math.max(1, n));
        long nanos = (long) w.rows() * n * (w.code() == Softmax.Code.ALONG ? 1 : 25);
        return Prepared.of(threads, (w.rows() + group - 1) / group, nanos, part -> {
            for (int row = part * group; row < Math.min(w.rows(), (part + 1) * group); row++) {
                int from = row * n;
                switch (w.code()) {
                    case FORWARD -> forward(x, from, n, y);
                    case LOG -> log(x, from, n, y);
                    case ALONG -> along(x, g, from, n, y);
                }
            }
        });
    }

    private static void forward(double[] x, int from, int n, double[] y) {
        double max = MaxF64.row(x, from, n);
        for (int i = from; i < from + n; i++) {
            y[i] = (double) StrictMath.exp(x[i] - max);
        }
        double sum = sum(y, from, n);
        for (int i = from; i < from + n; i++) {
            y[i] = y[i] / sum;
        }
    }

    private static void log(double[] x, int from, int n, double[] y) {
        double max = MaxF64.row(x, from, n);
        double log = (double) StrictMath.log(sumExp(x, from, n, max));
        for (int i = from; i < from + n; i++) {
            y[i] = x[i] - max - log;
        }
    }

    private static void along(double[] s, double[] g, int from, int n, double[] y) {
        Scratch scratch = Scratch.mine();
        double[] terms = scratch.f64(TERMS, SumF64.BLOCK);
        double[] sums = scratch.f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = from + b * SumF64.BLOCK;
            int count = Math.min(SumF64.BLOCK, from + n - first);
            for (int i = 0; i < count; i++) {
                terms[i] = s[first + i] * g[first + i];
            }
            sums[b] = SumF64.block(terms, 0, count);
        }
        double dot = SumF64.pairwise(sums, SumF64.blocks(n));
        for (int i = from; i < from + n; i++) {
            y[i] = s[i] * (g[i] - dot);
        }
    }

    private static double sum(double[] x, int from, int n) {
        double[] sums = Scratch.mine().f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = b * SumF64.BLOCK;
            sums[b] = SumF64.block(x, from + first, Math.min(SumF64.BLOCK, n - first));
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }

    private static double sumExp(double[] x, int from, int n, double max) {
        Scratch scratch = Scratch.mine();
        double[] terms = scratch.f64(TERMS, SumF64.BLOCK);
        double[] sums = scratch.f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = from + b * SumF64.BLOCK;
            int count = Math.min(SumF64.BLOCK, from + n - first);
            for (int i = 0; i < count; i++) {
                terms[i] = (double) StrictMath.exp(x[first + i] - max);
            }
            sums[b] = SumF64.block(terms, 0, count);
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }
}
