package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Gamma sampling with a map G(x, t, s) between any two levels of x = x0 + sigma z: each step jumps below the next level of the
 * grid and adds the noise that leads back up to it.
 *
 * <pre>
 * s = sqrt(1 - gamma^2) t'          x' = G(x, t, s) + sqrt(t'^2 - s^2) xi
 * </pre>
 *
 * <p>gamma = 0 follows the flow; gamma = 1 goes to clean data each time, as consistency models do. No noise is added after the
 * last step. The published sampler has s = sqrt(1 - gamma^2) (t' - 0.002) + 0.002 with that number whatever the least level.
 * Cost: one evaluation a step.
 *
 * @paper Kim et al.: Consistency Trajectory Models, 2023, arXiv:2310.02279, algorithm 3
 * @shape x (B, ...)
 */
public final class TrajectorySampler {
    /** The number in the published rule. */
    private static final double PUBLISHED_LEAST = 0.002;

    /** G. */
    @FunctionalInterface
    public interface Map {
        /**
         * The map.
         *
         * @param x (B, ...) at level t
         * @param t (B)
         * @param s (B)
         */
        Tensor of(Tensor x, Tensor t, Tensor s, Cond cond);
    }

    private final Map map;
    private final double gamma;
    private final double least;

    private TrajectorySampler(Map map, double gamma, double least) {
        if (!(0 <= gamma && gamma <= 1)) {
            throw new IllegalArgumentException("gamma sampling: got gamma " + gamma + "; expected 0 to 1");
        }
        this.map = map;
        this.gamma = gamma;
        this.least = least;
    }

    /** By the paper's rule. */
    public static TrajectorySampler of(Map map, double gamma) {
        return new TrajectorySampler(map, gamma, 0);
    }

    /** By the rule of sony/ctm. */
    public static TrajectorySampler published(Map map, double gamma) {
        return new TrajectorySampler(map, gamma, PUBLISHED_LEAST);
    }

    /** Without noise: gamma = 0. */
    public static TrajectorySampler exact(Map map) {
        return new TrajectorySampler(map, 0, 0);
    }

    /**
     * Carries x from the first level of the grid to the last.
     *
     * @param x state at the first level, left as it is
     * @param grid falling levels of {@link org.fewstep.path.EdmSchedule}, above 0
     * @param noise draw i belongs to step i; not asked where gamma is 0
     * @param observer sees the state at every level
     * @return the state at the last level, in the innermost scope
     */
    public Tensor sample(Tensor x, TimeGrid grid, Cond cond, NoiseSource noise, StepObserver observer) {
        Shape batch = Shape.of(x.dim(0));
        Tensor state = x.stopGradient();
        observer.at(0, grid.point(0).t(), state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < grid.steps(); k++) {
                double from = grid.point(k).sigma();
                double to = grid.point(k + 1).sigma();
                double s = gamma == 0 ? to : Math.sqrt(1 - gamma * gamma) * (to - least) + least;
                Tensor next;
                try (Scope step = x.device().scope()) {
                    Tensor t = Tensor.full(x.device(), x.dtype(), from, batch);
                    next = map.of(state, t, Tensor.full(x.device(), x.dtype(), s, batch), cond);
                    if (gamma > 0 && k + 1 < grid.steps()) {
                        next = add(next, scale(noise.draw(k, x), Math.sqrt(to * to - s * s)));
                    }
                    next = next.keep(step);
                }
                if (state.buffer() != x.buffer()) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(k + 1, to, state);
            }
        }
        return state;
    }
}
