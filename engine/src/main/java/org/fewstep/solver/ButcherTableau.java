package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * An explicit Runge-Kutta method: k_i = v(x + h sum_j a_ij k_j, t + c_i h), x' = x + h sum_i b_i k_i.
 *
 * @param a rows of stages 2, 3, ...
 * @param b weights
 */
record ButcherTableau(double[][] a, double[] b) {
    StepPlan plan(String name, TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name, Prediction.V);
        for (int i = 0; i < grid.steps(); i++) {
            double h = grid.span(i);
            int x = plan.state();
            List<Integer> k = new ArrayList<>();
            k.add(plan.evaluate(x, grid.point(i)));
            for (double[] row : a) {
                k.add(plan.evaluate(moved(plan, x, h, row, k), at(grid, i, row)));
            }
            plan.step(grid.point(i), grid.point(i + 1), moved(plan, x, h, b, k));
        }
        return plan.build();
    }

    /** The stage's point; c is the row's sum, and a stage at the end of a step stands on the grid exactly. */
    private static GridPoint at(TimeGrid grid, int step, double[] row) {
        double c = 0;
        for (double weight : row) {
            c += weight;
        }
        return c == 1
                ? grid.point(step + 1)
                : grid.schedule().at(grid.point(step).t() + c * grid.span(step));
    }

    private static int moved(PlanBuilder plan, int x, double h, double[] weights, List<Integer> k) {
        List<Instruction.Term> terms = new ArrayList<>();
        terms.add(plan.term(1, x));
        for (int j = 0; j < weights.length; j++) {
            terms.add(plan.term(h * weights[j], k.get(j)));
        }
        return plan.combine(terms);
    }
}
