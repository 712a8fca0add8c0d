package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * The times at which k steps evaluate a velocity, each equally likely: t = first + j (1 - first) / k for j = 0 .. k - 1.
 *
 * @param steps k, at least 1; 1 is the time {@code first} alone
 * @param first where the steps begin, at least 0 and below 1
 * @paper Liu, Gong, Liu: Flow Straight and Fast, 2022, arXiv:2209.03003; gnobitab/RectifiedFlow has first 0.001
 */
public record StepTimes(int steps, double first) implements TimeSampler {
    public StepTimes {
        if (steps < 1 || !(first >= 0 && first < 1)) {
            throw new IllegalArgumentException("step times: got " + steps + " steps from " + first
                    + "; expected at least 1, from a time of at least 0 and below 1");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        int[] index = rng.integers(0, count, step, steps);
        double[] t = new double[count];
        for (int i = 0; i < count; i++) {
            t[i] = first + index[i] * (1 - first) / steps;
        }
        return t;
    }
}
