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
 * <p>Where down is 0 the move is Euler's; k-diffusion then leaves out the noise, here it is added, since the state would
 * miss its noise level otherwise (it happens before the last step only for eta above 1). Two evaluations a step, one where
 * down is 0. Order 2 at eta = 0, weak order 1 otherwise.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364; Lu et
 *     al. 2022: DPM-Solver, arXiv:2206.00927
 */
public record Dpm2Ancestral(double eta, double noise) implements Solver {
    public Dpm2Ancestral {
        AncestralSplit.require("dpm-2-ancestral", eta, noise);
    }

    /** All of the reverse SDE's noise. */
    public Dpm2Ancestral() {
        this(1, 1);
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
            edm.step(i, EdmDpm2.step(edm, edm.state(), from, to, split.down(), noise * split.up()));
        }
        return edm.build();
    }
}
