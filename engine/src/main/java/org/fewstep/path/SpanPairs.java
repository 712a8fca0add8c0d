package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Pairs whose span has a law of its own: t - r logit-normal, r uniform on what is left, so that short and long steps are drawn
 * as often as asked for.
 *
 * @param span law of t - r; mean -0.6, std 1.6 or mean -0.8, std 1 in two public codes, unpublished
 * @paper Sabour, Fidler, Kreis: Align Your Flow: Scaling Continuous-Time Flow Map Distillation, 2025, arXiv:2506.14603
 */
public record SpanPairs(LogitNormalTimes span) implements TimePairSampler {
    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        return pairs(rng.stream("span").normal(0, count, step), rng.stream("r").uniform(0, count, step));
    }

    /** The pairs that standard normal numbers and numbers in (0, 1) stand for, each (B). */
    public TimePairs pairs(double[] normal, double[] uniform) {
        double[] t = span.times(normal);
        double[] r = new double[t.length];
        for (int i = 0; i < r.length; i++) {
            double d = t[i];
            r[i] = (1 - d) * uniform[i];
            t[i] = r[i] + d;
        }
        return new TimePairs(t, r);
    }
}
