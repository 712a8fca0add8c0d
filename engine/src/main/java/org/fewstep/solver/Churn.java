package org.fewstep.solver;

import org.fewstep.path.GridPoint;

/**
 * EDM's rise of the noise level at the start of a step, which makes an ODE solver stochastic. With rho = sigma / alpha and
 * gamma = min(amount / steps, sqrt(2) - 1) where min <= rho <= max, else 0,
 *
 * <pre>
 * rho^ = (1 + gamma) rho        x^ / alpha^ = x / alpha + noise sqrt(rho^^2 - rho^2) xi
 * </pre>
 *
 * <p>The published code draws a xi in every step; here none is drawn where gamma is 0.
 *
 * @param amount total rise over all steps, at least 0; 0 is none
 * @param min lowest rho that rises, at least 0
 * @param max highest rho that rises; may be infinite
 * @param noise factor of the added noise, at least 0, usually 1 or slightly above
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364
 */
public record Churn(double amount, double min, double max, double noise) {
    /** No rise. */
    public static final Churn NONE = new Churn(0, 0, Double.POSITIVE_INFINITY, 1);

    public Churn {
        if (!(amount >= 0) || !(min >= 0) || !(max >= min) || !(noise >= 0)) {
            throw new IllegalArgumentException("churn: got amount " + amount + ", levels " + min + " to " + max
                    + ", noise " + noise + "; expected amount, min and noise at least 0, max at least min");
        }
    }

    /** A rise at all noise levels. */
    public Churn(double amount) {
        this(amount, 0, Double.POSITIVE_INFINITY, 1);
    }

    /**
     * The start of a step after the rise.
     *
     * @param at its point
     * @param state number of its value
     */
    record Raised(GridPoint at, int state) {}

    /** Share gamma by which the level rises. */
    double gamma(GridPoint at, int steps) {
        return min <= at.rho() && at.rho() <= max ? Math.min(amount / steps, Math.sqrt(2) - 1) : 0;
    }

    Raised raise(PlanBuilder plan, TimeGrid grid, int step) {
        GridPoint from = grid.point(step);
        double gamma = gamma(from, grid.steps());
        if (gamma == 0) {
            return new Raised(from, plan.state());
        }
        GridPoint raised = grid.schedule().atLevel((1 + gamma) * from.rho());
        double fresh = noise * raised.alpha() * from.rho() * Math.sqrt(gamma * (2 + gamma));
        int x = plan.combine(plan.term(raised.alpha() / from.alpha(), plan.state()), plan.term(fresh, plan.noise()));
        return new Raised(raised, x);
    }
}
