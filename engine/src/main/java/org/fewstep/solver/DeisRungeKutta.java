package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * DEIS by Runge-Kutta: dv / drho = eps with v = x / alpha, rho = sigma / alpha, stages at rho + c h.
 *
 * @param method the tableau
 * @paper Zhang and Chen 2023: Fast Sampling of Diffusion Models with Exponential Integrator, arXiv:2204.13902
 */
public record DeisRungeKutta(Method method) implements Solver {
    /** Explicit methods in rho. */
    public enum Method {
        EULER_1("1euler", new double[][] {}, 1),
        HEUN_2("2heun", new double[][] {{1}}, 1 / 2., 1 / 2.),
        KUTTA_3("3kutta", new double[][] {{1 / 2.}, {-1, 2}}, 1 / 6., 4 / 6., 1 / 6.),
        RALSTON_3("3ral", new double[][] {{1 / 2.}, {0, 3 / 4.}}, 2 / 9., 3 / 9., 4 / 9.),
        HEUN_3("3heun", new double[][] {{1 / 3.}, {0, 2 / 3.}}, 1 / 4., 0, 3 / 4.),
        HOUWEN_3("3vdh", new double[][] {{8 / 15.}, {1 / 4., 5 / 12.}}, 1 / 4., 0, 3 / 4.),
        SSP_3("3ssprk", new double[][] {{1}, {1 / 4., 1 / 4.}}, 1 / 6., 1 / 6., 4 / 6.),
        CLASSIC_4("4rk", new double[][] {{1 / 2.}, {0, 1 / 2.}, {0, 0, 1}}, 1 / 6., 1 / 3., 1 / 3., 1 / 6.);

        private final String label;
        private final double[][] a;
        private final double[] b;

        Method(String label, double[][] a, double... b) {
            this.label = label;
            this.a = a;
            this.b = b;
        }

        /** Name in the reference implementation. */
        public String label() {
            return label;
        }
    }

    @Override
    public String name() {
        return "deis-rk-" + method.label;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.EPS);
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint s = grid.point(i);
            GridPoint t = grid.point(i + 1);
            int x = plan.state();
            List<Integer> k = new ArrayList<>(List.of(plan.evaluate(x, s)));
            for (double[] row : method.a) {
                GridPoint stage = at(grid, i, row);
                k.add(plan.evaluate(moved(plan, x, k, s, t, stage, row), stage));
            }
            plan.step(s, t, moved(plan, x, k, s, t, t, method.b));
        }
        return plan.build();
    }

    private static GridPoint at(TimeGrid grid, int i, double[] row) {
        double c = 0;
        for (double weight : row) {
            c += weight;
        }
        GridPoint t = grid.point(i + 1);
        if (c == 1) {
            return t;
        }
        double rho = grid.point(i).rho() + c * (t.rho() - grid.point(i).rho());
        return grid.schedule().atLevel(rho);
    }

    /** v + h sum_j weight_j k_j, as x. */
    private static int moved(
            PlanBuilder plan, int x, List<Integer> k, GridPoint s, GridPoint t, GridPoint to, double[] weights) {
        double h = t.rho() - s.rho();
        List<Instruction.Term> terms = new ArrayList<>(List.of(plan.term(to.alpha() / s.alpha(), x)));
        for (int j = 0; j < weights.length; j++) {
            terms.add(plan.term(to.alpha() * h * weights[j], k.get(j)));
        }
        return plan.combine(terms);
    }
}
