package org.fewstep.bench.machine;

import java.util.Arrays;

/**
 * Wall times of a body in seconds a call.
 *
 * @param min least of the samples
 * @param median middle one
 */
record Sample(double min, double median) {
    private static final int SAMPLES = 25;
    private static final long SAMPLE_NANOS = 3_000_000;
    private static final long WARM_UP_NANOS = 700_000_000;

    /** Calls a body for 0.7 s, then takes 25 samples of 3 ms, or of one call where that takes longer. */
    static Sample of(Runnable body) {
        long start = System.nanoTime();
        long calls = 0;
        do {
            body.run();
            calls++;
        } while (System.nanoTime() - start < WARM_UP_NANOS);
        double each = (double) (System.nanoTime() - start) / calls;
        int repeat = (int) Math.max(1, Math.min(1_000_000, SAMPLE_NANOS / each));
        double[] seconds = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long from = System.nanoTime();
            for (int k = 0; k < repeat; k++) {
                body.run();
            }
            seconds[i] = (System.nanoTime() - from) * 1e-9 / repeat;
        }
        Arrays.sort(seconds);
        return new Sample(seconds[0], seconds[SAMPLES / 2]);
    }
}
