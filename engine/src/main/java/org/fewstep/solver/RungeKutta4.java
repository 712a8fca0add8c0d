package org.fewstep.solver;

/**
 * The classical Runge-Kutta method. Order 4, four evaluations a step.
 *
 * @paper Kutta: Beitrag zur naeherungsweisen Integration totaler Differentialgleichungen, 1901
 */
public record RungeKutta4() implements Solver {
    private static final ButcherTableau TABLEAU = new ButcherTableau(
            new double[][] {{0.5}, {0, 0.5}, {0, 0, 1}}, new double[] {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6});

    @Override
    public String name() {
        return "rk4";
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
