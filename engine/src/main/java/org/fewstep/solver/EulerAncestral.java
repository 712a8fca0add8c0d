package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Ancestral sampling with Euler steps. With rho = sigma / alpha and y = x / alpha,
 *
 * <pre>
 * up   = min(rho', eta rho' sqrt(1 - rho'^2 / rho^2))        down = sqrt(rho'^2 - up^2)
 * y'   = down / rho y + (1 - down / rho) x0 + noise up xi
 * </pre>
 *
 * <p>eta = 0 is DDIM, eta = 1 DDPM's ancestral sampler. A step to sigma = 0 gives x0. Weak order 1 (order 1 at eta = 0),
 * one evaluation a step.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @paper Song et al. 2021: Score-Based Generative Modeling through Stochastic Differential Equations, arXiv:2011.13456
 */
public record EulerAncestral(double eta, double noise) implements Solver {
    public EulerAncestral {
        AncestralSplit.require("euler-ancestral", eta, noise);
    }

    /** All of the reverse SDE's noise. */
    public EulerAncestral() {
        this(1, 1);
    }

    @Override
    public String name() {
        return "euler-ancestral";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.X0, grid);
        for (int i = 0; i < edm.steps(); i++) {
            GridPoint from = edm.point(i);
            GridPoint to = edm.point(i + 1);
            AncestralSplit split = AncestralSplit.of(from.rho(), to.rho(), eta);
            double keep = split.down() / from.rho();
            int x = edm.state();
            int x0 = edm.evaluate(x, from);
            edm.step(i, edm.move(from, keep, x, to, edm.term(1 - keep, x0), edm.noise(noise * split.up())));
        }
        return edm.build();
    }
}
