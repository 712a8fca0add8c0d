package org.fewstep.model;

import org.fewstep.kernels.Device;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * The randomness of all dropout in one call of a network; a call without one drops nothing.
 *
 * @param rng source of all masks
 * @param first number of the batch's first sample, so that a split batch drops the same numbers
 * @param step training step
 * @param counter both on the device, {@link Noise#counter}: what differs from step to step in a recorded run
 */
public record DropoutSeed(Rng rng, long first, int step, Tensor counter) {
    /** The seed of a step, in the innermost scope. */
    public static DropoutSeed of(Device device, Rng rng, long first, int step) {
        return new DropoutSeed(rng, first, step, Noise.counter(device, first, step));
    }

    /** The seed of the batch's samples behind the given number. */
    public DropoutSeed behind(int samples) {
        return of(counter.device(), rng, first + samples, step);
    }

    /**
     * {@link Dropout} with the masks of one layer.
     *
     * @param x (B, ...)
     * @param p probability that a number is dropped
     * @param layer a name that no other layer of the network has
     */
    public Tensor drop(Tensor x, double p, String layer) {
        return Dropout.of(x, p, rng.stream(layer), counter);
    }
}
