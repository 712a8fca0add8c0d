package org.fewstep.solver;

import org.fewstep.path.GridPoint;

/**
 * A step of dx = d(x, t) |dt| + sqrt(2 w) dW, with the drift d read in the direction of the run. All are of weak order 1;
 * the Heun schemes are of order 2 where w = 0, except HEUN_AHEAD, which is of order 1.
 */
public enum SdeScheme {
    /** x' = x + h d(x, t) + sqrt(2 w h) xi. One evaluation a step. */
    EULER_MARUYAMA,
    /** y = x + sqrt(2 w h) xi; x' = y + h/2 (k1 + k2), k1 = d(y, t), k2 = d(y + h k1, t + h) (SiT). Two evaluations. */
    HEUN,
    /** As HEUN, but k1 too is read at t + h (interflow). Two evaluations. */
    HEUN_AHEAD;

    /** Writes the drift at a state into a plan. */
    @FunctionalInterface
    interface Drift {
        /** The number of the value. */
        int at(int state, GridPoint point);
    }

    /**
     * Writes one step into a plan.
     *
     * @param w diffusion at the start of the step
     * @param drawn false where the whole run is without noise
     */
    void step(PlanBuilder plan, GridPoint from, GridPoint to, double w, boolean drawn, Drift drift) {
        double h = Math.abs(to.t() - from.t());
        int x = plan.state();
        Instruction.Term spread = drawn ? plan.term(Math.sqrt(2 * w * h), plan.noise()) : plan.term(0, x);
        if (this == EULER_MARUYAMA) {
            int d = drift.at(x, from);
            plan.step(from, to, plan.combine(plan.term(1, x), plan.term(h, d), spread));
            return;
        }
        int y = plan.combine(plan.term(1, x), spread);
        int k1 = drift.at(y, this == HEUN ? from : to);
        int k2 = drift.at(plan.combine(plan.term(1, y), plan.term(h, k1)), to);
        plan.step(from, to, plan.combine(plan.term(1, y), plan.term(0.5 * h, k1), plan.term(0.5 * h, k2)));
    }
}
