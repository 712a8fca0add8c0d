package org.fewstep.path;

import org.fewstep.tensor.Rng;

/** Law of the training time, one time a sample: in [0, 1] on a path, where a schedule has its times elsewhere. */
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
