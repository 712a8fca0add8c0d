package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Ancestral sampling with steps of DPM-Solver++(2S), r = 1/2. With rho = sigma / alpha, y = x / alpha, the split of rho'
 * into down and up as in {@link EulerAncestral}, and m = sqrt(rho down),
 *
 * <pre>
 * y_m = m / rho y + (1 - m / rho) x0(y, rho)
 * y'  = down / rho y + (1 - down / rho) x0(y_m, m) + noise up xi
 * </pre>
 *
 * <p>Where down is 0 the first x0 is taken instead of the second. Two evaluations a step, one where down is 0. Order 2 at
 * eta = 0, weak order 1 otherwise.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @paper Lu et al. 2022: DPM-Solver++, arXiv:2211.01095
 */
public record DpmPp2sAncestral(double eta, double noise) implements Solver {
    public DpmPp2sAncestral {
        AncestralSplit.require("dpmpp-2s-ancestral", eta, noise);
    }

    /** All of the reverse SDE's noise. */
    public DpmPp2sAncestral() {
        this(1, 1);
    }

    @Override
    public String name() {
        return "dpmpp-2s-ancestral";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.X0, grid);
        for (int i = 0; i < edm.steps(); i++) {
            GridPoint from = edm.point(i);
            AncestralSplit split =
                    AncestralSplit.of(from.rho(), edm.point(i + 1).rho(), eta);
            double keep = split.down() / from.rho();
            int x = edm.state();
            int x0 = edm.evaluate(x, from);
            if (split.down() > 0) {
                GridPoint middle = edm.at(Math.sqrt(from.rho() * split.down()));
                double half = middle.rho() / from.rho();
                x0 = edm.evaluate(edm.move(from, half, x, middle, edm.term(1 - half, x0)), middle);
            }
            edm.step(
                    i,
                    edm.move(from, keep, x, edm.point(i + 1), edm.term(1 - keep, x0), edm.noise(noise * split.up())));
        }
        return edm.build();
    }
}
