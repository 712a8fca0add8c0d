package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Euler's method as the published rectified flows take it: evaluations at the times of a grid that leaves out a little at one end,
 * steps as if it left out nothing, x' = x + v(x, t) / N. With all of the path on the grid it is {@link Euler}.
 *
 * @param span time that N steps cross, 1 as published; its sign is the grid's
 * @paper Liu, Gong, Liu 2022: Flow Straight and Fast, arXiv:2209.03003; gnobitab/RectifiedFlow
 */
public record RectifiedFlowEuler(double span) implements Solver {
    public RectifiedFlowEuler {
        if (!(span != 0) || Double.isInfinite(span) || Double.isNaN(span)) {
            throw new IllegalArgumentException(
                    "rectified-flow-euler: got span " + span + "; expected a finite number other than 0");
        }
    }

    /** The published span of 1. */
    public RectifiedFlowEuler() {
        this(1);
    }

    @Override
    public String name() {
        return "rectified-flow-euler";
    }

    @Override
    public boolean startsFromPureNoise() {
        return true;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint from = grid.point(i);
            int x = plan.state();
            int v = plan.evaluate(x, from);
            plan.step(from, grid.point(i + 1), plan.combine(plan.term(1, x), plan.term(span / grid.steps(), v)));
        }
        return plan.build();
    }
}
