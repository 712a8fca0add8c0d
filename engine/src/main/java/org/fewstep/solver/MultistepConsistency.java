package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Sampling with a consistency function: each evaluation gives clean data, to which noise of the next level is added.
 *
 * <pre>
 * x0 = f(x, t)
 * x' = alpha' x0 + sqrt(sigma'^2 - (alpha' e)^2) xi
 * </pre>
 *
 * <p>e is the level to which the function leads: sigma_min of consistency models, whose samples keep that much noise; 0 in
 * TrigFlow, ECT and FastGen. A step to a level at or below e adds none. One evaluation a step, so a grid of one step is one-step
 * generation. It is exact for an exact consistency function, whatever the grid; for a denoiser it is not a solver of its ODE.
 *
 * @param least e as sigma / alpha, at least 0
 * @paper Song, Dhariwal, Chen, Sutskever: Consistency Models, 2023, arXiv:2303.01469, algorithm 1
 */
public record MultistepConsistency(double least) implements Solver {
    public MultistepConsistency {
        if (!(least >= 0) || Double.isInfinite(least)) {
            throw new IllegalArgumentException(
                    "consistency: got least level " + least + "; expected a finite number of at least 0");
        }
    }

    /** For a function that leads to clean data. */
    public MultistepConsistency() {
        this(0);
    }

    @Override
    public String name() {
        return "consistency";
    }

    @Override
    public boolean startsFromPureNoise() {
        return true;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.X0);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint from = grid.point(i);
            GridPoint to = grid.point(i + 1);
            int x0 = plan.evaluate(plan.state(), from);
            Instruction.Term data = plan.term(to.alpha(), x0);
            double variance = to.sigma() * to.sigma() - to.alpha() * to.alpha() * least * least;
            plan.step(
                    from,
                    to,
                    variance > 0
                            ? plan.combine(data, plan.term(Math.sqrt(variance), plan.noise()))
                            : plan.combine(data));
        }
        return plan.build();
    }
}
