package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/** Predicts the marginal velocity v(x, t) = E[dx_t/dt | x_t = x] in the time of its path. */
@FunctionalInterface
public interface VelocityNet {
    /**
     * The velocity.
     *
     * @param x state (B, ...)
     * @param t time (B)
     * @return (B, ...)
     */
    Tensor v(Tensor x, Tensor t, Cond cond);
}
