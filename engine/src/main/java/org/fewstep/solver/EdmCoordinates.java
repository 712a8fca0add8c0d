package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Writes a plan in EDM's coordinates y = x / alpha at noise level rho = sigma / alpha, on a grid of any schedule: y = x0 +
 * rho eps. On {@link org.fewstep.path.EdmSchedule} they are the state and its sigma.
 */
final class EdmCoordinates {
    private final PlanBuilder plan;
    private final TimeGrid grid;

    /**
     * An empty plan.
     *
     * @throws IllegalArgumentException unless the noise levels of the grid are finite and fall
     */
    EdmCoordinates(String solver, Prediction field, TimeGrid grid) {
        requireFalling(solver, grid);
        this.plan = new PlanBuilder(solver, field);
        this.grid = grid;
    }

    static void requireFalling(String solver, TimeGrid grid) {
        double last = Double.POSITIVE_INFINITY;
        for (GridPoint point : grid.points()) {
            if (!(point.rho() < last)) {
                throw new IllegalArgumentException(solver + ": got sigma / alpha " + point.rho() + " at t " + point.t()
                        + " after " + last + "; expected finite noise levels that fall; go from noise to data and start"
                        + " where alpha is above 0");
            }
            last = point.rho();
        }
    }

    int steps() {
        return grid.steps();
    }

    GridPoint point(int i) {
        return grid.point(i);
    }

    /** The point of the schedule at a noise level. */
    GridPoint at(double rho) {
        return grid.schedule().atLevel(rho);
    }

    int state() {
        return plan.state();
    }

    Churn.Raised raise(Churn churn, int step) {
        return churn.raise(plan, grid, step);
    }

    int evaluate(int x, GridPoint at) {
        return plan.evaluate(x, at);
    }

    Instruction.Term term(double coefficient, int value) {
        return plan.term(coefficient, value);
    }

    /** Fresh noise; nothing is drawn for the coefficient 0. */
    Instruction.Term noise(double coefficient) {
        return plan.term(coefficient, coefficient == 0 ? plan.state() : plan.noise());
    }

    /** y_to = keep y_from + sum of terms in x0, eps and noise. */
    int move(GridPoint from, double keep, int x, GridPoint to, Instruction.Term... others) {
        Instruction.Term[] terms = new Instruction.Term[others.length + 1];
        terms[0] = plan.term(to.alpha() / from.alpha() * keep, x);
        for (int i = 0; i < others.length; i++) {
            terms[i + 1] = plan.term(to.alpha() * others[i].coefficient(), others[i].value());
        }
        return plan.combine(terms);
    }

    /** Ends step i of the grid. */
    void step(int i, int result) {
        step(grid.point(i), grid.point(i + 1), result);
    }

    /** Ends a step. */
    void step(GridPoint from, GridPoint to, int result) {
        plan.step(from, to, result);
    }

    StepPlan build() {
        return plan.build();
    }
}
