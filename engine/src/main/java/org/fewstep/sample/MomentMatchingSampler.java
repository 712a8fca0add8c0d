package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.ImmScaling;
import org.fewstep.path.GridPoint;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Sampling with a map f_{s,t} of inductive moment matching along a grid of times t_0 &gt; ... &gt; t_N.
 *
 * <pre>
 * pushforward   x &lt;- f_{t_{k+1}, t_k}(x)
 * restart       x &lt;- f_{t_N, t_k}(x),   then x &lt;- alpha x + sigma d n at t_{k+1}, but for the last step
 * </pre>
 *
 * <p>The start has the standard deviation d of the scaling. Cost: one evaluation of the network a step.
 *
 * @param net the network, guided or not
 * @param scaling of f
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565, algorithms 2 and 3; checked against lumalabs/imm
 * @shape x (B, ...)
 */
public record MomentMatchingSampler(FlowMapNet net, ImmScaling scaling) {
    /**
     * Carries x from time to time.
     *
     * @param x state at the first time, left as it is
     * @param grid falling times of the scaling's path
     * @param observer sees the state at every time
     * @return the state at the last time, in the innermost scope
     */
    public Tensor pushforward(Tensor x, TimeGrid grid, Cond cond, StepObserver observer) {
        return steps(x, grid, observer, (k, state) -> map(state, grid.point(k), grid.point(k + 1), cond));
    }

    /**
     * Carries x to the last time at every step, and back with new noise.
     *
     * @param noise draw k follows the evaluation of step k, of standard deviation 1
     */
    public Tensor restart(Tensor x, TimeGrid grid, Cond cond, NoiseSource noise, StepObserver observer) {
        GridPoint end = grid.point(grid.steps());
        return steps(x, grid, observer, (k, state) -> {
            Tensor clean = map(state, grid.point(k), end, cond);
            if (k + 1 == grid.steps()) {
                return clean;
            }
            GridPoint next = grid.point(k + 1);
            return add(scale(clean, next.alpha()), scale(noise.draw(k, state), next.sigma() * scaling.sigmaData()));
        });
    }

    private Tensor map(Tensor x, GridPoint from, GridPoint to, Cond cond) {
        return scaling.map(net, x, scaling.at(from.t(), to.t(), x), cond.at(from.t()));
    }

    private interface Step {
        Tensor of(int k, Tensor state);
    }

    private static Tensor steps(Tensor x, TimeGrid grid, StepObserver observer, Step step) {
        Tensor state = x.stopGradient();
        observer.at(0, grid.point(0).t(), state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < grid.steps(); k++) {
                Tensor next;
                try (Scope scope = x.device().scope()) {
                    next = step.of(k, state).keep(scope);
                }
                if (state.buffer() != x.buffer()) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(k + 1, grid.point(k + 1).t(), state);
            }
        }
        return state;
    }
}
