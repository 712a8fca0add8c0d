package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/** Tells real samples from generated ones. */
@FunctionalInterface
public interface CriticNet {
    /**
     * Logits, high for real.
     *
     * @param x samples (B, ...)
     * @param t noise level that they belong to (B)
     * @return (B), or one for each of several heads (B, heads)
     */
    Tensor logits(Tensor x, Tensor t, Cond cond);
}
