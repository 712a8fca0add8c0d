package org.fewstep.solver;

/**
 * Kutta's 3/8 rule. Order 4, four evaluations a step, with smaller error constants than the classical method.
 *
 * <p>torchdiffeq calls this one rk4; checked against it.
 *
 * @paper Kutta: Beitrag zur naeherungsweisen Integration totaler Differentialgleichungen, 1901
 */
public record RungeKutta38() implements Solver {
    private static final ButcherTableau TABLEAU = new ButcherTableau(
            new double[][] {{1.0 / 3}, {-1.0 / 3, 1}, {1, -1, 1}}, new double[] {0.125, 0.375, 0.375, 0.125});

    @Override
    public String name() {
        return "rk4-38";
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
