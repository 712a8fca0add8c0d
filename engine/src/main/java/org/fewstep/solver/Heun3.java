package org.fewstep.solver;

/**
 * Heun's method of order 3: k2 at h/3, k3 at 2h/3 with k2, x' = x + h (k1 + 3 k3) / 4. Three evaluations a step, none at the
 * end of a step.
 *
 * <p>Checked against torchdiffeq's heun3.
 *
 * @paper Heun: Neue Methoden zur approximativen Integration der Differentialgleichungen, 1900
 */
public record Heun3() implements Solver {
    private static final ButcherTableau TABLEAU =
            new ButcherTableau(new double[][] {{1.0 / 3}, {0, 2.0 / 3}}, new double[] {0.25, 0, 0.75});

    @Override
    public String name() {
        return "heun3";
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
