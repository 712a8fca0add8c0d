package org.fewstep.loss;

import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Data of one training step.
 *
 * @param x0 clean data (B, ...)
 * @param labels class of each sample, null for unlabelled data
 */
public record Batch(Tensor x0, int @Nullable [] labels) {
    /** Number of samples B. */
    public int size() {
        return x0.dim(0);
    }
}
