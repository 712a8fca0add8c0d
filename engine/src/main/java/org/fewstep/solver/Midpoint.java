package org.fewstep.solver;

/**
 * The midpoint method: x' = x + h v(x + h/2 k1, t + h/2). Order 2, two evaluations a step.
 *
 * <p>Checked against torchdiffeq's midpoint.
 *
 * @paper Runge: Ueber die numerische Aufloesung von Differentialgleichungen, 1895
 */
public record Midpoint() implements Solver {
    private static final ButcherTableau TABLEAU = new ButcherTableau(new double[][] {{0.5}}, new double[] {0, 1});

    @Override
    public String name() {
        return "midpoint";
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
