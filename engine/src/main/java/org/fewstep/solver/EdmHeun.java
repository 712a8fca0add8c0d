package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;

/**
 * EDM's second-order method with churn. With h = t' - t^ and v = v(x^, t^),
 *
 * <pre>
 * x'' = x^ + alpha h v                 v'' = v(x'', t^ + alpha h)
 * x'  = x^ + h ((1 - 1 / (2 alpha)) v + 1 / (2 alpha) v'')
 * </pre>
 *
 * <p>alpha = 1 is Heun's method, EDM's own; 1/2 the midpoint, 2/3 Ralston's. A step to sigma = 0 is Euler's, since v may
 * not exist there. On {@link org.fewstep.path.EdmSchedule} it is EDM's stochastic sampler, on other schedules that of its
 * ablations. Order 2, two evaluations a step, one in a step to sigma = 0. Poor at ten evaluations and fewer from a high
 * noise level.
 *
 * @param alpha place of the second evaluation in the step, in (0, 1]
 * @param churn rise of the noise level at the start of a step
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364
 */
public record EdmHeun(double alpha, Churn churn) implements Solver {
    public EdmHeun {
        if (!(0 < alpha && alpha <= 1)) {
            throw new IllegalArgumentException("edm-heun: got alpha " + alpha + "; expected a number in (0, 1]");
        }
    }

    /** Heun's method. */
    public EdmHeun(Churn churn) {
        this(1, churn);
    }

    /** Heun's method without churn. */
    public EdmHeun() {
        this(Churn.NONE);
    }

    @Override
    public String name() {
        return "edm-heun";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates.requireFalling(name(), grid);
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint to = grid.point(i + 1);
            Churn.Raised start = churn.raise(plan, grid, i);
            int x = step(plan, grid.schedule(), start.state(), start.at(), to, alpha);
            plan.step(grid.point(i), to, x);
        }
        return plan.build();
    }

    /** The state after a step of the family from one point to another. */
    static int step(PlanBuilder plan, NoiseSchedule schedule, int x, GridPoint from, GridPoint to, double alpha) {
        double h = to.t() - from.t();
        int v = plan.evaluate(x, from);
        if (to.sigma() == 0) {
            return plan.combine(plan.term(1, x), plan.term(h, v));
        }
        GridPoint second = alpha == 1 ? to : schedule.at(from.t() + alpha * h);
        int trial = plan.combine(plan.term(1, x), plan.term(alpha * h, v));
        double weight = 1 / (2 * alpha);
        return plan.combine(
                plan.term(1, x), plan.term(h * (1 - weight), v), plan.term(h * weight, plan.evaluate(trial, second)));
    }
}
