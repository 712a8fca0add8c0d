package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/**
 * Predicts the average velocity u(x, from, to) by one head and the velocity at x by another, for a guidance scale and the
 * interval of times in which it applies; {@link Cond#scales} has the scales.
 */
@FunctionalInterface
public interface TwoHeadNet {
    /**
     * What the heads give.
     *
     * @param u average velocity (B, ...)
     * @param v velocity (B, ...)
     */
    record Heads(Tensor u, Tensor v) {}

    /**
     * The interval of guidance of each sample.
     *
     * @param from first time (B)
     * @param to last time (B)
     */
    record Interval(Tensor from, Tensor to) {}

    /**
     * Both heads.
     *
     * @param x state (B, ...) at time {@code from}
     * @param from start time (B)
     * @param to end time (B)
     */
    Heads of(Tensor x, Tensor from, Tensor to, Cond cond, Interval interval);

    /**
     * A network without a second head, whose own u(x, t, t) stands for it; it does not see the interval. Cost: two evaluations.
     */
    static TwoHeadNet ofDiagonal(FlowMapNet net) {
        return (x, from, to, cond, interval) -> new Heads(net.u(x, from, to, cond), net.v(x, from, cond));
    }
}
