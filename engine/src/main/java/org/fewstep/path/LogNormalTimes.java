package org.fewstep.path;

import org.fewstep.kernels.ErrorFunction;
import org.fewstep.tensor.Rng;

/**
 * Times whose noise level sigma / alpha is log-normal, ln (sigma / alpha) ~ N(mean, std^2): EDM's law of noise levels, read on
 * any path. On a linear path it is the logit-normal law of the noise's share.
 *
 * <p>EDM's numbers, mean -1.2 and std 1.2, are meant for data of standard deviation 1/2; levels scale with the data.
 *
 * @param schedule whose times they are; its levels reach from 0 upwards
 * @param mean of the logarithm of the level
 * @param std of the logarithm of the level, at least 0
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, section 5
 */
public record LogNormalTimes(NoiseSchedule schedule, double mean, double std) implements TimeSampler {
    /** Published mean of ln sigma. */
    public static final double PUBLISHED_MEAN = -1.2;

    /** Published standard deviation of ln sigma. */
    public static final double PUBLISHED_STD = 1.2;

    public LogNormalTimes {
        if (!(std >= 0) || !Double.isFinite(mean) || !Double.isFinite(std)) {
            throw new IllegalArgumentException("log-normal times: got mean " + mean + ", std " + std
                    + "; expected finite numbers, std at least 0");
        }
    }

    /** With the published numbers. */
    public LogNormalTimes(NoiseSchedule schedule) {
        this(schedule, PUBLISHED_MEAN, PUBLISHED_STD);
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").normal(0, count, step));
    }

    /** The share of the law whose noise levels sigma / alpha lie between two levels above 0. */
    public double share(double low, double high) {
        return (ErrorFunction.of(standard(high)) - ErrorFunction.of(standard(low))) / 2;
    }

    /** A level as the argument of the error function. */
    private double standard(double level) {
        return (Math.log(level) - mean) / (Math.sqrt(2) * std);
    }

    /** The times that standard normal numbers stand for. */
    public double[] times(double[] normal) {
        double[] t = new double[normal.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = schedule.timeAtSnr(Math.exp(-(mean + std * normal[i])));
        }
        return t;
    }
}
