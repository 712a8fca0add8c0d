package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Steps through a time grid by average velocities: x &lt;- x + (t_{k+1} - t_k) u(x, t_k, t_{k+1}); a grid of two times
 * is one-step generation.
 *
 * <p>Cost: one evaluation a step.
 *
 * @shape x (B, ...)
 */
public final class FlowMapSampler {
    private final FlowMapNet net;

    /** Steps by this network's average velocity. */
    public FlowMapSampler(FlowMapNet net) {
        this.net = net;
    }

    /**
     * Carries x from the first time of the grid to the last.
     *
     * @param x state at the first time, left as it is
     * @param grid times of the network's path
     * @param cond labels; scale and interval for a network that takes the scale as an input
     * @param observer sees the state at every time
     * @return the state at the last time, in the innermost scope
     */
    public Tensor sample(Tensor x, TimeGrid grid, Cond cond, StepObserver observer) {
        Shape batch = Shape.of(x.dim(0));
        Tensor state = x.stopGradient();
        observer.at(0, grid.point(0).t(), state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < grid.steps(); k++) {
                double t = grid.point(k).t();
                double r = grid.point(k + 1).t();
                Tensor next;
                try (Scope step = x.device().scope()) {
                    Tensor from = Tensor.full(x.device(), x.dtype(), t, batch);
                    Tensor to = Tensor.full(x.device(), x.dtype(), r, batch);
                    next = add(state, scale(net.u(state, from, to, cond.at(t)), r - t))
                            .keep(step);
                }
                if (state.buffer() != x.buffer()) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(k + 1, r, state);
            }
        }
        return state;
    }
}
