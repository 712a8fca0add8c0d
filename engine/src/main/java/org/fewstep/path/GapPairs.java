package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Pairs whose span and end have laws of their own: t - r logit-normal, then r logit-normal on what the span leaves, (0, 1 - span).
 *
 * @param gap law of t - r; mean -0.8, std 1 in the authors' code
 * @param end law of r before it is cut off; mean -0.4, std 1 in the authors' code
 * @paper Zhou, Parger, Haque, Song: Terminal Velocity Matching, 2025, arXiv:2511.19797
 */
public record GapPairs(LogitNormalTimes gap, LogitNormalTimes end) implements TimePairSampler {
    public GapPairs {
        if (end.std() == 0) {
            throw new IllegalArgumentException("gap pairs: got one end time for all; expected a std above 0");
        }
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        return pairs(rng.stream("gap").normal(0, count, step), rng.stream("r").uniform(0, count, step));
    }

    /** The pairs that standard normal numbers and numbers in (0, 1) stand for, each (B). */
    public TimePairs pairs(double[] normal, double[] uniform) {
        double[] t = gap.times(normal);
        double[] r = new double[t.length];
        for (int i = 0; i < r.length; i++) {
            double span = t[i];
            r[i] = end.below(1 - span, uniform[i]);
            t[i] = Math.min(1, r[i] + span);
        }
        return new TimePairs(t, r);
    }
}
