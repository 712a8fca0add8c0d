package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.Locale;

/**
 * Times of one call in seconds.
 *
 * @param least of the samples
 * @param median middle one
 * @param spread distance of the quartiles, as a part of the median
 * @param samples how many, each the mean of several calls
 */
public record Timing(double least, double median, double spread, int samples) {
    private static final int MOST_SAMPLES = 25;
    private static final int LEAST_SAMPLES = 3;

    /** Short enough that many fit, long enough that the clock and the wait at its end do not count. */
    private static final double SAMPLE_SECONDS = 4e-3;

    /**
     * Calls work for a quarter of the time, then takes samples for the rest, at least three.
     *
     * @param submit one call, which may return before its work is done
     * @param finish waits for all submitted work
     * @param seconds time to spend
     */
    static Timing of(Runnable submit, Runnable finish, double seconds) {
        double each = warmUp(submit, finish, seconds / 4);
        int calls = (int) Math.max(1, Math.min(100_000, SAMPLE_SECONDS / each));
        double fit = seconds * 0.75 / (each * calls);
        int count = (int) Math.max(LEAST_SAMPLES, Math.min(MOST_SAMPLES, fit));
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = calls(submit, finish, calls) / calls;
        }
        Arrays.sort(times);
        double median = times[count / 2];
        return new Timing(times[0], median, (times[count * 3 / 4] - times[count / 4]) / median, count);
    }

    /** Seconds of a call when it is warm. */
    private static double warmUp(Runnable submit, Runnable finish, double seconds) {
        calls(submit, finish, 1);
        double spent = 0;
        double each = 0;
        int calls = 1;
        do {
            double time = calls(submit, finish, calls);
            spent += time;
            each = Math.max(time / calls, 1e-9);
            calls = (int) Math.max(1, Math.min(2L * calls, SAMPLE_SECONDS / each));
        } while (spent < seconds);
        return each;
    }

    private static double calls(Runnable submit, Runnable finish, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            submit.run();
        }
        finish.run();
        return (System.nanoTime() - start) * 1e-9;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.4g ms (spread %.0f %%)", median * 1e3, 100 * spread);
    }
}
