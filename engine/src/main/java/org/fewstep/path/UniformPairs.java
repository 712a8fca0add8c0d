package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Two uniform times, sorted or not.
 *
 * @param order which of them is the start t
 */
public record UniformPairs(Order order) implements TimePairSampler {
    /** The order of start t and end r. */
    public enum Order {
        /** r at most t: uniform on the triangle below the diagonal. */
        FALLING,
        /** r at least t: uniform on the triangle above it. */
        RISING,
        /** Uniform on the square, for maps in both directions. */
        BOTH
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        return pairs(rng.stream("t").uniform(0, count, step), rng.stream("r").uniform(0, count, step));
    }

    /** The pairs that given uniform numbers in (0, 1) stand for (B). */
    public TimePairs pairs(double[] first, double[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException("uniform pairs: got " + first.length + " and " + second.length
                    + " random numbers; expected as many of each");
        }
        double[] t = first.clone();
        double[] r = second.clone();
        for (int i = 0; i < t.length && order != Order.BOTH; i++) {
            double low = Math.min(first[i], second[i]);
            double high = Math.max(first[i], second[i]);
            t[i] = order == Order.RISING ? low : high;
            r[i] = order == Order.RISING ? high : low;
        }
        return new TimePairs(t, r);
    }
}
