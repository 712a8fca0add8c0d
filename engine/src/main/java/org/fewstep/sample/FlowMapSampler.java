package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
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

    public FlowMapSampler(FlowMapNet net) {
        this.net = net;
    }

    /**
     * Carries x from the first time of the grid to the last.
     *
     * @param x state at the first time, left as it is
     * @param grid times of the network's path, at least two
     * @param observer sees the state at every time
     * @return the state at the last time, in the innermost scope
     */
    public Tensor sample(Tensor x, double[] grid, Cond cond, StepObserver observer) {
        if (grid.length < 2) {
            throw new IllegalArgumentException(
                    "flow map sampler: got " + grid.length + " times; expected at least a start and an end");
        }
        Shape batch = Shape.of(x.dim(0));
        Tensor state = x;
        observer.at(0, grid[0], state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k + 1 < grid.length; k++) {
                Tensor next;
                try (Scope step = x.device().scope()) {
                    Tensor from = Tensor.full(x.device(), x.dtype(), grid[k], batch);
                    Tensor to = Tensor.full(x.device(), x.dtype(), grid[k + 1], batch);
                    Tensor u = net.u(state, from, to, cond);
                    next = add(state, scale(u, grid[k + 1] - grid[k])).keep(step);
                }
                if (state != x) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(k + 1, grid[k + 1], state);
            }
        }
        return state;
    }
}
