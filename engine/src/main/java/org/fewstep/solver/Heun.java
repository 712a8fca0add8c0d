package org.fewstep.solver;

/**
 * Heun's method, the trapezoid: x' = x + h/2 (k1 + v(x + h k1, t + h)). Order 2, two evaluations a step.
 *
 * <p>Checked against torchdiffeq's heun2. On a path whose velocity is singular at the last time, stop the grid short of
 * it.
 *
 * @paper Heun: Neue Methoden zur approximativen Integration der Differentialgleichungen, 1900
 */
public record Heun() implements Solver {
    private static final ButcherTableau TABLEAU = new ButcherTableau(new double[][] {{1}}, new double[] {0.5, 0.5});

    @Override
    public String name() {
        return "heun";
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
