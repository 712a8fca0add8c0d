package org.fewstep.path;

import java.util.Arrays;
import org.fewstep.tensor.Rng;

/**
 * Noise levels whose logarithm has Student's law, ln t = mean + scale T with T of df degrees of freedom, kept between two
 * levels.
 *
 * <p>For small df the law is nearly flat in the logarithm of |ln t - mean|. With ln t = mean + scale sqrt(df) sinh(y) the density
 * of y is cosh(y)^-df up to a factor: bounded for every df, so that a table of its integral inverts the law.
 *
 * @param mean of ln t; 0 as published
 * @param scale of ln t, above 0; 0.2 as published
 * @param df degrees of freedom, above 0; 0.01 as published
 * @param from least level, above 0
 * @param to greatest level, above it
 * @paper Lee et al.: Truncated Consistency Models, 2024, arXiv:2410.14895, section 4
 */
public record LogStudentTimes(double mean, double scale, double df, double from, double to) implements TimeSampler {
    private static final int PIECES = 4096;

    public LogStudentTimes {
        if (!Double.isFinite(mean)
                || !(scale > 0 && scale < Double.POSITIVE_INFINITY)
                || !(df > 0 && df < Double.POSITIVE_INFINITY)
                || !(0 < from && from < to && to < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("log-student times: got mean " + mean + ", scale " + scale + ", df " + df
                    + ", levels " + from + " to " + to
                    + "; expected finite numbers, scale, df and levels above 0, the levels rising");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").uniform(0, count, step));
    }

    /** The times whose shares of the law below them are u, each in [0, 1]. */
    public double[] times(double[] u) {
        double low = place(from);
        double width = (place(to) - low) / PIECES;
        double[] integral = new double[PIECES + 1];
        for (int i = 0; i < PIECES; i++) {
            integral[i + 1] = integral[i] + Math.pow(Math.cosh(low + (i + 0.5) * width), -df);
        }
        double[] t = new double[u.length];
        for (int i = 0; i < t.length; i++) {
            double share = u[i] * integral[PIECES];
            int found = Arrays.binarySearch(integral, share);
            int piece = Math.min(found >= 0 ? found : -found - 2, PIECES - 1);
            double inside = (share - integral[piece]) / (integral[piece + 1] - integral[piece]);
            double level = Math.exp(mean + scale * Math.sqrt(df) * Math.sinh(low + (piece + inside) * width));
            t[i] = Math.max(from, Math.min(to, level));
        }
        return t;
    }

    /** y of a level. */
    private double place(double level) {
        double z = (Math.log(level) - mean) / (scale * Math.sqrt(df));
        // asinh, without the cancellation of its usual form for z below 0.
        return Math.copySign(Math.log(Math.abs(z) + Math.hypot(z, 1)), z);
    }
}
