package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The midpoint method in log rho with churn, k-diffusion's DPM-2. With rho = sigma / alpha, y = x / alpha and m =
 * sqrt(rho^ rho'),
 *
 * <pre>
 * y_m = y^ + (m - rho^) eps(y^, rho^)        y' = y^ + (rho' - rho^) eps(y_m, m)
 * </pre>
 *
 * <p>A step to sigma = 0 is Euler's, whose result is x0. Order 2, two evaluations a step, one in a step to sigma = 0. Poor
 * at ten evaluations and fewer from a high noise level.
 *
 * @param churn rise of the noise level at the start of a step
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364; Lu et
 *     al. 2022: DPM-Solver, arXiv:2206.00927
 */
public record EdmDpm2(Churn churn) implements Solver {
    /** Without churn. */
    public EdmDpm2() {
        this(Churn.NONE);
    }

    @Override
    public String name() {
        return "dpm-2";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.EPS, grid);
        for (int i = 0; i < edm.steps(); i++) {
            GridPoint to = edm.point(i + 1);
            Churn.Raised start = edm.raise(churn, i);
            edm.step(i, step(edm, start.state(), start.at(), to, to.rho(), 0));
        }
        return edm.build();
    }

    /**
     * The state at {@code to} after a midpoint step to the level {@code down}, plus fresh noise of level {@code up}; an
     * Euler step where down is 0.
     */
    static int step(EdmCoordinates edm, int x, GridPoint from, GridPoint to, double down, double up) {
        double rho = from.rho();
        int slope = edm.evaluate(x, from);
        if (down > 0) {
            GridPoint middle = edm.at(Math.sqrt(rho * down));
            int trial = edm.move(from, 1, x, middle, edm.term(middle.rho() - rho, slope));
            slope = edm.evaluate(trial, middle);
        }
        return edm.move(from, 1, x, to, edm.term(down - rho, slope), edm.noise(up));
    }
}
