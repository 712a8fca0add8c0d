package org.fewstep.loss;

import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Data of one training step.
 *
 * @param x0 clean data (B, ...)
 * @param labels class of each sample, null for unlabelled data
 * @param source samples (B, ...) of what stands at t = 0 of a bridge, or the noise that belongs to the data of stored pairs;
 *     null where it is noise that the loss draws
 */
public record Batch(
        Tensor x0, int @Nullable [] labels, @Nullable Tensor source) {
    /** Data of a loss that draws its noise itself. */
    public Batch(Tensor x0, int @Nullable [] labels) {
        this(x0, labels, null);
    }

    /** Number of samples B. */
    public int size() {
        return x0.dim(0);
    }
}
