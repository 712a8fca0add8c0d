package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The stochastic exponential Runge-Kutta method of three stages for the reverse SDE: DPM-Solver-3's stages at 1/3 and 2/3 of the
 * step in lambda, with {@link Seeds1}'s exact step for a constant prediction. With y = x / alpha, rho = sigma / alpha, levels
 * m1 = rho^(2/3) rho'^(1/3) and m2 = rho^(1/3) rho'^(2/3), D the prediction of x0 or eps, and w(m) the weight of a prediction
 * that rises linearly from 0 at rho to itself at m,
 *
 * <pre>
 * y1 = step of order 1 to m1
 * y2 = step of order 1 to m2   + 2 w(m2) (D(y1, m1) - D(y, rho))
 * y' = step of order 1 to rho' + 3/2 w(rho') (D(y2, m2) - D(y, rho))
 * </pre>
 *
 * <p>The noise of y1, y2 and y' is that of the steps rho to m1, m1 to m2 and m2 to rho', all on one Brownian path. The published
 * code leaves its third order unfinished, so these coefficients are derived, not taken over. Three evaluations and three draws
 * a step. Weak order 1 (order 3 in its deterministic part).
 *
 * @param form X0 or EPS
 * @param coefficients of a step to sigma = 0, as in {@link Seeds1}
 * @paper Gonzalez et al. 2023: SEEDS: Exponential SDE Solvers for Fast High-Quality Sampling from Diffusion Models,
 *     arXiv:2305.14267
 */
public record Seeds3(Prediction form, Coefficients coefficients) implements Solver {
    private static final double THIRD = 1.0 / 3;

    public Seeds3 {
        SeedsForm.require("seeds-3", form);
    }

    /** Form X0, exact. */
    public Seeds3() {
        this(Prediction.X0, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "seeds-3";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), form, grid);
        for (int i = 0; i < edm.steps(); i++) {
            if (edm.point(i + 1).sigma() == 0) {
                SeedsForm.last(edm, i, form, coefficients);
            } else {
                step(edm, i);
            }
        }
        return edm.build();
    }

    private void step(EdmCoordinates edm, int i) {
        GridPoint from = edm.point(i);
        GridPoint to = edm.point(i + 1);
        double ratio = to.rho() / from.rho();
        GridPoint first = edm.at(from.rho() * Math.pow(ratio, THIRD));
        GridPoint second = edm.at(from.rho() * Math.pow(ratio, 2 * THIRD));
        SeedsForm toFirst = SeedsForm.of(form, from.rho(), first.rho());
        SeedsForm toSecond = SeedsForm.of(form, from.rho(), second.rho());
        SeedsForm whole = SeedsForm.of(form, from.rho(), to.rho());
        SeedsForm between = SeedsForm.of(form, first.rho(), second.rho());
        SeedsForm rest = SeedsForm.of(form, second.rho(), to.rho());
        int x = edm.state();
        int d = edm.evaluate(x, from);

        Instruction.Term xi1 = edm.noise(-toFirst.noise());
        int y1 = edm.move(from, toFirst.keep(), x, first, edm.term(toFirst.drive(), d), xi1);

        double slope = 2 * SeedsForm.ramp(form, from.rho(), second.rho());
        Instruction.Term kept = edm.term(between.keep() * xi1.coefficient(), xi1.value());
        Instruction.Term xi2 = edm.noise(-between.noise());
        int y2 = edm.move(
                from,
                toSecond.keep(),
                x,
                second,
                edm.term(toSecond.drive() - slope, d),
                edm.term(slope, edm.evaluate(y1, first)),
                kept,
                xi2);

        slope = 1.5 * SeedsForm.ramp(form, from.rho(), to.rho());
        edm.step(
                i,
                edm.move(
                        from,
                        whole.keep(),
                        x,
                        to,
                        edm.term(whole.drive() - slope, d),
                        edm.term(slope, edm.evaluate(y2, second)),
                        edm.term(rest.keep() * kept.coefficient(), kept.value()),
                        edm.term(rest.keep() * xi2.coefficient(), xi2.value()),
                        edm.noise(-rest.noise())));
    }
}
