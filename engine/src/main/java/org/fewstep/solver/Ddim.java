package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * DDIM, from the deterministic step (eta = 0, the same as DPM-Solver-1) to DDPM's ancestral one (eta = 1).
 *
 * <pre>
 * x' = alpha' x0 + sqrt(sigma'^2 - s^2) eps + s xi,   s = eta (sigma' / sigma) sqrt(sigma^2 - (alpha sigma' / alpha')^2)
 * </pre>
 *
 * <p>On any schedule; where alpha^2 + sigma^2 = 1 the last root is the published sqrt(1 - (alpha / alpha')^2), and in EDM's
 * coordinates the step is {@link EulerAncestral}'s. Order 1, one evaluation a step; xi is drawn where s is not 0.
 *
 * @param eta in [0, 1]
 * @paper Song et al. 2021: Denoising Diffusion Implicit Models, arXiv:2010.02502, equations 12 and 16
 */
public record Ddim(double eta) implements Solver {
    public Ddim {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("ddim: got eta " + eta + "; expected 0 to 1");
        }
    }

    @Override
    public String name() {
        return eta == 0 ? "ddim" : "ddim-eta" + eta;
    }

    @Override
    public boolean startsFromPureNoise() {
        return true;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.X0);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint s = grid.point(i);
            GridPoint t = grid.point(i + 1);
            int x = plan.state();
            int x0 = plan.evaluate(x, s);
            double noise = eta == 0 ? 0 : eta * noise(s, t);
            double eps = Math.sqrt(Math.max(0, t.sigma() * t.sigma() - noise * noise)) / s.sigma();
            List<Instruction.Term> terms =
                    new ArrayList<>(List.of(plan.term(eps, x), plan.term(t.alpha() - s.alpha() * eps, x0)));
            if (noise != 0) {
                terms.add(plan.term(noise, plan.noise(i)));
            }
            plan.step(s, t, plan.combine(terms));
        }
        return plan.build();
    }

    /** The standard deviation of the posterior of a step from s to t given x0, which is DDPM's noise. */
    private double noise(GridPoint s, GridPoint t) {
        return t.sigma() / s.sigma() * Math.sqrt(forwardVariance(name(), s, t));
    }

    /** The variance of the noise that leads from t back to s, sigma^2 - (alpha / alpha')^2 sigma'^2. */
    static double forwardVariance(String solver, GridPoint s, GridPoint t) {
        double kept = s.alpha() / t.alpha() * t.sigma();
        if (!(kept < s.sigma())) {
            throw new IllegalArgumentException(solver + ": got noise levels " + s.rho() + " to " + t.rho()
                    + "; expected falling ones; steps with noise go from noise to data");
        }
        return (s.sigma() - kept) * (s.sigma() + kept);
    }
}
