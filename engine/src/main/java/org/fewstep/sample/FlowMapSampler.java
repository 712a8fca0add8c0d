package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.weightedSum;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.GridPoint;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Steps through a time grid by average velocities: x &lt;- x + (t_{k+1} - t_k) u(x, t_k, t_{k+1}); a grid of two times
 * is one-step generation.
 *
 * <p>With stochasticity gamma a step goes further than its end and comes back by fresh noise xi, as in the sampler of
 * consistency trajectory models, here on any path. With rho = sigma / alpha,
 *
 * <pre>
 * rho_s = sqrt(1 - gamma^2) rho_{k+1}
 * x    &lt;- alpha_{k+1} / alpha_s X_{k,s}(x) + gamma sigma_{k+1} xi
 * </pre>
 *
 * <p>so that an exact map keeps the marginals for every gamma: 0 is the flow, 1 jumps to clean data each time. Short
 * steps can use the velocity u(x, t, t) in place of the map.
 *
 * <p>Cost: one evaluation a step.
 *
 * @shape x (B, ...)
 */
public final class FlowMapSampler {
    private final FlowMapNet net;
    private final double gamma;
    private final NoiseSource noise;
    private final double velocityUpTo;
    private final boolean intervalIsInput;

    /** Steps by this network's average velocity, without noise. */
    public FlowMapSampler(FlowMapNet net) {
        this(net, 0, NoiseSource.NONE, 0, false);
    }

    private FlowMapSampler(
            FlowMapNet net, double gamma, NoiseSource noise, double velocityUpTo, boolean intervalIsInput) {
        if (!(0 <= gamma && gamma <= 1) || !(velocityUpTo >= 0)) {
            throw new IllegalArgumentException("flow map sampler: got gamma " + gamma + ", velocity up to "
                    + velocityUpTo + "; expected 0 to 1, at least 0");
        }
        this.net = net;
        this.gamma = gamma;
        this.noise = noise;
        this.velocityUpTo = velocityUpTo;
        this.intervalIsInput = intervalIsInput;
    }

    /** The same with fresh noise, draw k in step k; gamma from 0, none, to 1. */
    public FlowMapSampler withNoise(double gamma, NoiseSource noise) {
        return new FlowMapSampler(net, gamma, noise, velocityUpTo, intervalIsInput);
    }

    /** The same with the velocity u(x, t, t) in steps up to this length in time, at least 0. */
    public FlowMapSampler withVelocityUpTo(double length) {
        return new FlowMapSampler(net, gamma, noise, length, intervalIsInput);
    }

    /**
     * The same for a network that takes the interval of guidance as an input: a step that starts outside of it keeps its scale,
     * since the step may end inside.
     */
    public FlowMapSampler withIntervalAsInput() {
        return new FlowMapSampler(net, gamma, noise, velocityUpTo, true);
    }

    /**
     * Carries x from the first time of the grid to the last.
     *
     * @param x state at the first time, left as it is
     * @param grid times of the network's path
     * @param cond labels; scale and interval for a network that takes the scale as an input
     * @param observer sees the state at every time
     * @return the state at the last time, in the innermost scope
     * @throws IllegalArgumentException when there is noise and the grid leads from data to noise
     */
    public Tensor sample(Tensor x, TimeGrid grid, Cond cond, StepObserver observer) {
        Tensor state = x.stopGradient();
        observer.at(0, grid.point(0).t(), state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < grid.steps(); k++) {
                Tensor next;
                try (Scope step = x.device().scope()) {
                    next = step(state, grid, k, cond).keep(step);
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

    /**
     * Carries x from the last time of a grid back to its first, without noise: from data to the noise that {@link #sample}
     * makes them of. For a network that was trained in both directions.
     *
     * @param x state at the last time, left as it is
     * @param grid times of the network's path, from noise to data
     * @return the state at the first time, in the innermost scope
     */
    public Tensor invert(Tensor x, TimeGrid grid, Cond cond, StepObserver observer) {
        int steps = grid.steps();
        double[] back = new double[steps + 1];
        for (int k = 0; k <= steps; k++) {
            back[k] = grid.point(steps - k).t();
        }
        return withNoise(0, NoiseSource.NONE).sample(x, TimeGrid.of(grid.schedule(), back), cond, observer);
    }

    private Tensor step(Tensor x, TimeGrid grid, int k, Cond cond) {
        GridPoint from = grid.point(k);
        GridPoint to = grid.point(k + 1);
        if (gamma == 0) {
            return moved(x, from.t(), to.t(), cond);
        }
        if (to.rho() > from.rho()) {
            throw new IllegalArgumentException("flow map sampler: got gamma " + gamma + " and a step from time "
                    + from.t() + " to " + to.t() + ", where there is more noise; expected gamma 0 or less noise");
        }
        if (to.sigma() == 0) {
            return moved(x, from.t(), to.t(), cond);
        }
        GridPoint landing = grid.schedule().atLevel(Math.sqrt((1 - gamma) * (1 + gamma)) * to.rho());
        double[] mix = {to.alpha() / landing.alpha(), gamma * to.sigma()};
        return weightedSum(mix, moved(x, from.t(), landing.t(), cond), noise.draw(k, x));
    }

    private Tensor moved(Tensor x, double t, double r, Cond cond) {
        Shape batch = Shape.of(x.dim(0));
        Tensor from = Tensor.full(x.device(), x.dtype(), t, batch);
        Tensor to = Math.abs(r - t) <= velocityUpTo ? from : Tensor.full(x.device(), x.dtype(), r, batch);
        return add(x, scale(net.u(x, from, to, intervalIsInput ? cond : cond.at(t)), r - t));
    }
}
