package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Times uniform on (from, to).
 *
 * @param from lower end, at least 0
 * @param to upper end, at most 1
 */
public record UniformTimes(double from, double to) implements TimeSampler {
    /** All of (0, 1). */
    public static final UniformTimes UNIT = new UniformTimes(0, 1);

    public UniformTimes {
        if (!(0 <= from && from < to && to <= 1)) {
            throw new IllegalArgumentException(
                    "uniform times: got (" + from + ", " + to + "); expected 0 <= from < to <= 1");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").uniform(0, count, step));
    }

    /** The times that uniform numbers in (0, 1) stand for. */
    public double[] times(double[] uniform) {
        double[] t = new double[uniform.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = from + (to - from) * uniform[i];
        }
        return t;
    }
}
