package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Path;
import org.fewstep.path.Prediction;

/**
 * The stochastic sampler of an interpolant between noise and data: dx = v dt + w score |dt| + sqrt(2 w) dW for any
 * diffusion w of at least 0, with the score taken from the velocity,
 *
 * <pre>
 * score = (alpha v - alpha' x) / (sigma (alpha' sigma - sigma' alpha))
 * </pre>
 *
 * <p>The grid stops short of the data, where the score is singular, and one step without noise follows. SBDM's w is
 * infinite where alpha = 0: start such a grid a little after the noise end. All of SiT's samplers are here; its spelling
 * "inccreasing" is not.
 *
 * <p>Weak order 1; one or two evaluations a step and one for the last.
 *
 * @param form of the diffusion w
 * @param norm of the form, at least 0
 * @param scheme of a step
 * @param last step to the data
 * @param lastSize length of the last step in time, above 0; not used by TWEEDIE and NONE
 * @paper Ma et al. 2024: SiT, arXiv:2401.08740
 */
public record InterpolantSde(DiffusionForm form, double norm, SdeScheme scheme, LastStep last, double lastSize)
        implements Solver {
    /** How the run ends. */
    public enum LastStep {
        /** A step of the SDE without its noise. */
        MEAN,
        /** A step of the ODE. */
        EULER,
        /** The data's conditional mean, E[x0 | x]. */
        TWEEDIE,
        /** At the grid's last point. */
        NONE
    }

    public InterpolantSde {
        if (!(norm >= 0) || Double.isInfinite(norm) || !(lastSize > 0)) {
            throw new IllegalArgumentException("interpolant sde: got norm " + norm + ", last step " + lastSize
                    + "; expected a norm of at least 0 and a step above 0");
        }
    }

    @Override
    public String name() {
        return "interpolant-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        if (!(grid.schedule() instanceof Path path)) {
            throw new IllegalArgumentException("interpolant sde: got a grid on schedule "
                    + grid.schedule().name() + "; expected one on a path on [0, 1]");
        }
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        double forward = Math.signum(grid.span(0));
        SdeScheme.Drift drift = (state, point) -> drift(plan, path, state, point, forward);
        for (int i = 0; i < grid.steps(); i++) {
            double w = form.at(path, grid.point(i).t(), norm);
            scheme.step(plan, grid.point(i), grid.point(i + 1), w, true, drift);
        }
        finish(plan, path, grid.point(grid.steps()), forward);
        return plan.build();
    }

    private void finish(PlanBuilder plan, Path path, GridPoint at, double forward) {
        int x = plan.state();
        GridPoint to = path.at(at.t() + forward * lastSize);
        switch (last) {
            case MEAN -> {
                int d = drift(plan, path, x, at, forward);
                plan.step(at, to, plan.combine(plan.term(1, x), plan.term(lastSize, d)));
            }
            case EULER -> {
                int v = plan.evaluate(x, at);
                plan.step(at, to, plan.combine(plan.term(1, x), plan.term(forward * lastSize, v)));
            }
            case TWEEDIE -> {
                double det = determinant(path, at);
                int v = plan.evaluate(x, at);
                int x0 = plan.combine(plan.term(-path.dSigma(at.t()) / det, x), plan.term(at.sigma() / det, v));
                plan.step(at, path.at(path.dataTime()), x0);
            }
            case NONE -> {}
        }
    }

    /** v in the direction of the run, and w score. */
    private int drift(PlanBuilder plan, Path path, int x, GridPoint at, double forward) {
        double w = form.at(path, at.t(), norm);
        int v = plan.evaluate(x, at);
        double scale = w == 0 ? 0 : w / (at.sigma() * determinant(path, at));
        return plan.combine(plan.term(forward + scale * at.alpha(), v), plan.term(-scale * path.dAlpha(at.t()), x));
    }

    private static double determinant(Path path, GridPoint at) {
        return path.dAlpha(at.t()) * at.sigma() - path.dSigma(at.t()) * at.alpha();
    }
}
