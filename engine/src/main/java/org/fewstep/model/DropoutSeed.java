package org.fewstep.model;

import org.fewstep.kernels.Device;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The randomness of all dropout in one call of a network; a call without one drops nothing.
 *
 * @param rng source of all masks
 * @param first number of the batch's first sample, so that a split batch drops the same numbers
 * @param step training step
 * @param counter {@link Noise#counter} of both, for a step that is recorded; null to make one for each layer
 */
public record DropoutSeed(
        Rng rng, long first, int step, @Nullable Tensor counter) {
    /** For a call that is not recorded. */
    public DropoutSeed(Rng rng, long first, int step) {
        this(rng, first, step, null);
    }

    /** With a counter in the innermost scope. */
    public static DropoutSeed counted(Device device, Rng rng, long first, int step) {
        return new DropoutSeed(rng, first, step, Noise.counter(device, first, step));
    }

    /**
     * {@link Dropout} with the masks of one layer.
     *
     * @param x (B, ...)
     * @param p probability that a number is dropped
     * @param layer a name that no other layer of the network has
     */
    public Tensor drop(Tensor x, double p, String layer) {
        Rng own = rng.stream(layer);
        return counter == null ? Dropout.of(x, p, own, first, step) : Dropout.of(x, p, own, counter);
    }
}
