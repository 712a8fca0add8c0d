package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Ancestral sampling with midpoint steps in log rho. With rho = sigma / alpha, y = x / alpha, the split of rho' into down
 * and up as in {@link EulerAncestral}, and m = sqrt(rho down),
 *
 * <pre>
 * y_m = y + (m - rho) eps(y, rho)
 * y'  = y + (down - rho) eps(y_m, m) + noise up xi
 * </pre>
 *
 * <p>Where down is 0, before the last step for eta above 1 alone, the move is Euler's. As published such a step goes without
 * its noise and misses its noise level: {@link Coefficients#PUBLISHED}. Two evaluations a step, one where down is 0. Order 2
 * at eta = 0, weak order 1 otherwise.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @param coefficients of the noise where down is 0
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364; Lu et
 *     al. 2022: DPM-Solver, arXiv:2206.00927
 */
public record Dpm2Ancestral(double eta, double noise, Coefficients coefficients) implements Solver {
    public Dpm2Ancestral {
        AncestralSplit.require("dpm-2-ancestral", eta, noise);
    }

    /** All of the reverse SDE's noise. */
    public Dpm2Ancestral() {
        this(1, 1, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "dpm-2-ancestral";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.EPS, grid);
        for (int i = 0; i < edm.steps(); i++) {
            GridPoint from = edm.point(i);
            GridPoint to = edm.point(i + 1);
            AncestralSplit split = AncestralSplit.of(from.rho(), to.rho(), eta);
            boolean silent = split.down() == 0 && coefficients == Coefficients.PUBLISHED;
            double up = silent ? 0 : noise * split.up();
            edm.step(i, EdmDpm2.step(edm, edm.state(), from, to, split.down(), up));
        }
        return edm.build();
    }
}
