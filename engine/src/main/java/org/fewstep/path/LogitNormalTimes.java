package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Times t = sigmoid(mean + std n), n standard normal (Esser et al. 2024, arXiv:2403.03206, section 3.1).
 *
 * @param mean of the logit; below 0 prefers small times
 * @param std of the logit, at least 0
 */
public record LogitNormalTimes(double mean, double std) implements TimeSampler {
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
}
