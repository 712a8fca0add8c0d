// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Combine;

/** Reference of the weighted sum: one chain a number. */
@SuppressWarnings("cast") // the cast narrows in the twin
final class CombineF64 {
    /** Numbers a part. */
    static final int PART = 4096;

    /** Sums of numbers lo (inclusive) to hi (exclusive), as many terms as there are coefficients. */
    @FunctionalInterface
    interface Sums {
        void apply(double[] c, double[][] x, double[] y, int lo, int hi);
    }

    private CombineF64() {}

    static Prepared prepare(Combine w, Threads threads) {
        return prepare(w, threads, 1, CombineF64::sums);
    }

    /** With the given loops, which take about {@code nanosEach} a product. */
    static Prepared prepare(Combine w, Threads threads, double nanosEach, Sums loops) {
        int points = w.points();
        double[] c = new double[w.terms()];
        double[][] x = new double[w.terms()][];
        for (int j = 0; j < c.length; j++) {
            c[j] = (double) w.coefficient(j);
            x[j] = CpuBuffer.f64(w.x(j));
        }
        double[] y = CpuBuffer.f64(w.out());
        int parts = (points + PART - 1) / PART;
        return Prepared.of(threads, parts, (long) (points * nanosEach * c.length), part -> {
            int lo = part * PART;
            loops.apply(c, x, y, lo, Math.min(points, lo + PART));
        });
    }

    private static void sums(double[] c, double[][] x, double[] y, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            double sum = c[0] * x[0][i];
            for (int j = 1; j < c.length; j++) {
                sum = Math.fma(c[j], x[j][i], sum);
            }
            y[i] = sum;
        }
    }
}
