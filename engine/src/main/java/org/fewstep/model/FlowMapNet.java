package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/**
 * Predicts the average velocity u of the flow between two times, so that X_{from,to}(x) = x + (to - from) u(x, from,
 * to); u(x, t, t) is the velocity.
 */
@FunctionalInterface
public interface FlowMapNet extends VelocityNet {
    /**
     * The average velocity.
     *
     * @param x state (B, ...) at time {@code from}
     * @param from start time (B)
     * @param to end time (B)
     * @return (B, ...)
     */
    Tensor u(Tensor x, Tensor from, Tensor to, Cond cond);

    @Override
    default Tensor v(Tensor x, Tensor t, Cond cond) {
        return u(x, t, t, cond);
    }
}
