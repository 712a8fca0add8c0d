package org.fewstep.model;

import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * The randomness of all dropout in one call of a network; a call without one drops nothing.
 *
 * @param rng source of all masks
 * @param first number of the batch's first sample, so that a split batch drops the same numbers
 * @param step training step
 */
public record DropoutSeed(Rng rng, long first, int step) {
    /**
     * {@link Dropout} with the masks of one layer.
     *
     * @param x (B, ...)
     * @param p probability that a number is dropped
     * @param layer a name that no other layer of the network has
     */
    public Tensor drop(Tensor x, double p, String layer) {
        return Dropout.of(x, p, rng.stream(layer), first, step);
    }
}
