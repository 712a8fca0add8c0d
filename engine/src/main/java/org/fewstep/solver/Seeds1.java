package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The stochastic exponential method of order 1 for the reverse SDE. With h = lambda' - lambda and rho = sigma / alpha,
 *
 * <pre>
 * form X0    x' / alpha' = (rho' / rho)^2 x / alpha + (1 - e^(-2 h)) x0 - rho' sqrt(1 - e^(-2 h)) xi
 * form EPS   x' / alpha' = x / alpha - 2 (rho - rho') eps - sqrt(rho^2 - rho'^2) xi
 * </pre>
 *
 * <p>The noise has the published sign. The published code leaves the state as it is in a step to sigma = 0: {@link
 * Coefficients#PUBLISHED}; the exact limit, taken by default, is x0. Weak order 1, one evaluation a step.
 *
 * @param form X0 or EPS
 * @param coefficients of a step to sigma = 0
 * @paper Gonzalez et al. 2023: SEEDS: Exponential SDE Solvers for Fast High-Quality Sampling from Diffusion Models,
 *     arXiv:2305.14267
 */
public record Seeds1(Prediction form, Coefficients coefficients) implements Solver {
    public Seeds1 {
        SeedsForm.require("seeds-1", form);
    }

    /** Form X0, exact. */
    public Seeds1() {
        this(Prediction.X0, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "seeds-1";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), form, grid);
        for (int i = 0; i < edm.steps(); i++) {
            if (edm.point(i + 1).sigma() == 0) {
                SeedsForm.last(edm, i, form, coefficients);
                continue;
            }
            GridPoint from = edm.point(i);
            GridPoint to = edm.point(i + 1);
            SeedsForm move = SeedsForm.of(form, from.rho(), to.rho());
            int x = edm.state();
            int d = edm.evaluate(x, from);
            edm.step(i, edm.move(from, move.keep(), x, to, edm.term(move.drive(), d), edm.noise(-move.noise())));
        }
        return edm.build();
    }
}
