package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * A start t uniform on (from, to) and an end r uniform on (from, t).
 *
 * @param from least time, at least 0
 * @param to greatest time, at most 1; inductive moment matching has 0.994
 */
public record NestedUniformPairs(double from, double to) implements TimePairSampler {
    public NestedUniformPairs {
        if (!(0 <= from && from < to && to <= 1)) {
            throw new IllegalArgumentException(
                    "nested uniform pairs: got (" + from + ", " + to + "); expected 0 <= from < to <= 1");
        }
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        double[] t = rng.stream("t").uniform(0, count, step);
        double[] r = rng.stream("r").uniform(0, count, step);
        for (int i = 0; i < count; i++) {
            t[i] = from + (to - from) * t[i];
            r[i] = from + (t[i] - from) * r[i];
        }
        return new TimePairs(t, r);
    }
}
