package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * DDPM's ancestral sampling over any subset of times.
 *
 * <pre>
 * b = sigma^2 - (alpha / alpha')^2 sigma'^2
 * x' = (alpha' b / sigma^2) x0 + (alpha / alpha') (sigma'^2 / sigma^2) x + s xi
 * SMALL: s^2 = b sigma'^2 / sigma^2,  LARGE: s^2 = b
 * </pre>
 *
 * <p>On any schedule; where alpha^2 + sigma^2 = 1, b is the published 1 - (alpha / alpha')^2. No noise in a step to sigma' = 0.
 * Weak order 1, one evaluation a step. SMALL is {@link Ddim} with eta = 1.
 *
 * @param variance of the added noise
 * @paper Ho et al. 2020: Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equations 6, 7 and 11
 */
public record Ddpm(Variance variance) implements Solver {
    /** The two ends of what the variance may be. */
    public enum Variance {
        /** that of the posterior given x0 */
        SMALL,
        /** that of the forward step */
        LARGE
    }

    @Override
    public String name() {
        return variance == Variance.SMALL ? "ddpm" : "ddpm-large";
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
            double ratio = s.alpha() / t.alpha();
            double b = Ddim.forwardVariance(name(), s, t);
            double square = s.sigma() * s.sigma();
            Instruction.Term data = plan.term(t.alpha() * b / square, x0);
            Instruction.Term state = plan.term(ratio * t.sigma() * t.sigma() / square, x);
            double noise = variance == Variance.SMALL ? t.sigma() / s.sigma() * Math.sqrt(b) : Math.sqrt(b);
            plan.step(
                    s,
                    t,
                    t.sigma() == 0
                            ? plan.combine(data, state)
                            : plan.combine(data, state, plan.term(noise, plan.noise(i))));
        }
        return plan.build();
    }
}
