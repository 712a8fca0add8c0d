package org.fewstep.path;

import org.fewstep.kernels.ErrorFunction;
import org.fewstep.tensor.Rng;

/**
 * Times t = sigmoid(mean + std n), n standard normal (Esser et al. 2024, arXiv:2403.03206, section 3.1).
 *
 * @param mean of the logit; below 0 prefers small times
 * @param std of the logit, at least 0
 */
public record LogitNormalTimes(double mean, double std) implements TimeSampler {
    /** Halvings of an interval of 80 standard deviations, down to the spacing of doubles. */
    private static final int HALVINGS = 60;

    public LogitNormalTimes {
        if (!(std >= 0) || !Double.isFinite(mean) || !Double.isFinite(std)) {
            throw new IllegalArgumentException("logit-normal times: got mean " + mean + ", std " + std
                    + "; expected finite numbers, std at least 0");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").normal(0, count, step));
    }

    /** The times that standard normal numbers stand for. */
    public double[] times(double[] normal) {
        double[] t = new double[normal.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = 1 / (1 + Math.exp(-(mean + std * normal[i])));
        }
        return t;
    }

    /**
     * The time below which a part of the law conditioned on (0, most) lies; std above 0.
     *
     * @param most end of the interval, above 0 to 1
     * @param part of the conditioned law, 0 to 1
     */
    double below(double most, double part) {
        double high = most == 1 ? 40 : (Math.log(most / (1 - most)) - mean) / std;
        double share = part * normalBelow(high);
        double low = Math.min(high, -40);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (normalBelow(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.min(most, times(new double[] {high})[0]);
    }

    /** The standard normal law below z. */
    private static double normalBelow(double z) {
        return ErrorFunction.complement(-z / Math.sqrt(2)) / 2;
    }
}
