package org.fewstep.path;

import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** Which noise sample goes with which data sample of a batch. */
@FunctionalInterface
public interface MinibatchCoupling {
    /**
     * Pairs two batches.
     *
     * @param noise (B, ...)
     * @param data (B, ...)
     * @param step training step; with the seed it fixes all numbers
     * @return B pairs
     */
    IndexPairs pairs(Tensor noise, Tensor data, Rng rng, int step);
}
