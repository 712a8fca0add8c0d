package org.fewstep.model;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/** Predicts the clean data x0 = E[x0 | x_t = x] at one point of a time grid. */
@FunctionalInterface
public interface Denoiser {
    /**
     * The prediction.
     *
     * @param x state (B, ...)
     * @param at the same point for the whole batch
     * @return (B, ...)
     */
    Tensor x0(Tensor x, GridPoint at, Cond cond);
}
