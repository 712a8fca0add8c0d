package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Euler's method with churn: x' = x^ + (t' - t^) v(x^, t^).
 *
 * <p>On {@link org.fewstep.path.EdmSchedule} v is eps and the last step to sigma = 0 gives x0; on other schedules it is
 * the Euler solver of EDM's ablations. Without churn it is {@link Euler}. Order 1, one evaluation a step.
 *
 * @param churn rise of the noise level at the start of a step
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364
 */
public record EdmEuler(Churn churn) implements Solver {
    /** Without churn. */
    public EdmEuler() {
        this(Churn.NONE);
    }

    @Override
    public String name() {
        return "edm-euler";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates.requireFalling(name(), grid);
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint to = grid.point(i + 1);
            Churn.Raised start = churn.raise(plan, grid, i);
            int v = plan.evaluate(start.state(), start.at());
            double h = to.t() - start.at().t();
            plan.step(grid.point(i), to, plan.combine(plan.term(1, start.state()), plan.term(h, v)));
        }
        return plan.build();
    }
}
