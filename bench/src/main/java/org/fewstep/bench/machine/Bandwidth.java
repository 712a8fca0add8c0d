package org.fewstep.bench.machine;

import java.util.Arrays;
import java.util.function.IntFunction;

/** Memory bandwidth in bytes a second: copy b = a (8 bytes an element) and triad a = b + s c (12 bytes an element). */
record Bandwidth(double copy, double triad) {
    /**
     * Measures arrays of one size on each thread.
     *
     * @param elements of each of the three arrays of one thread
     */
    static Bandwidth of(int threads, int elements) {
        float[][] a = new float[threads][elements];
        float[][] b = new float[threads][elements];
        float[][] c = new float[threads][elements];
        for (int i = 0; i < threads; i++) {
            Arrays.fill(b[i], 1);
            Arrays.fill(c[i], 2);
        }
        double bytes = 4.0 * threads * elements;
        return new Bandwidth(
                2 * bytes / seconds(threads, i -> () -> System.arraycopy(b[i], 0, a[i], 0, elements)),
                3 * bytes / seconds(threads, i -> () -> triad(a[i], b[i], c[i])));
    }

    private static double seconds(int threads, IntFunction<Runnable> body) {
        Runnable[] bodies = new Runnable[threads];
        Arrays.setAll(bodies, body::apply);
        try (Team team = new Team(bodies)) {
            return Sample.of(team::run).min();
        }
    }

    private static void triad(float[] a, float[] b, float[] c) {
        for (int i = 0; i < a.length; i++) {
            a[i] = b[i] + 3 * c[i];
        }
    }
}
