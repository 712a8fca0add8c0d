package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/** Predicts the score, the gradient of ln p_t(x). */
@FunctionalInterface
public interface ScoreNet {
    /**
     * The score.
     *
     * @param x state (B, ...)
     * @param t time (B)
     * @return (B, ...)
     */
    Tensor score(Tensor x, Tensor t, Cond cond);
}
