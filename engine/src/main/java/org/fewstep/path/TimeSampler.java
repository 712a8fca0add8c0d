package org.fewstep.path;

import org.fewstep.tensor.Rng;

/** Law of the training time in [0, 1], one time a sample. */
@FunctionalInterface
public interface TimeSampler {
    /**
     * Draws times.
     *
     * @param step training step; with the seed it fixes all numbers
     * @param count batch size B
     * @return (B)
     */
    double[] sample(Rng rng, int step, int count);
}
