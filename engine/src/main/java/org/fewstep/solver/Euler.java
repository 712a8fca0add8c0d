package org.fewstep.solver;

/**
 * Euler's method: x' = x + h v(x, t). Order 1, one evaluation a step; exact where trajectories are straight.
 *
 * @paper Euler: Institutiones calculi integralis, 1768
 */
public record Euler() implements Solver {
    private static final ButcherTableau TABLEAU = new ButcherTableau(new double[][] {}, new double[] {1});

    @Override
    public String name() {
        return "euler";
    }

    @Override
    public boolean startsFromPureNoise() {
        return true;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        return TABLEAU.plan(name(), grid);
    }
}
