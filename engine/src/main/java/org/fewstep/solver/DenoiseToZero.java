package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/** A last step to clean data: x0 as predicted at the last point, one evaluation. */
final class DenoiseToZero {
    private DenoiseToZero() {}

    /** Adds the step to a plan whose field gives x0 or eps. */
    static void step(PlanBuilder plan, Prediction form, GridPoint at, GridPoint clean) {
        int d = plan.evaluate(plan.state(), at);
        int x0 = form == Prediction.X0
                ? d
                : plan.combine(plan.term(1 / at.alpha(), plan.state()), plan.term(-at.sigma() / at.alpha(), d));
        plan.step(at, clean, x0);
    }
}
