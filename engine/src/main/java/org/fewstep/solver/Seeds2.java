package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The stochastic exponential Runge-Kutta method of order 2 for the reverse SDE. With y = x / alpha, rho = sigma / alpha, h =
 * lambda' - lambda, the level m = rho^(1-c) rho'^c, D the prediction of x0 or eps, and {@link Seeds1}'s step from rho to m
 * with noise xi_1,
 *
 * <pre>
 * y_m = step of order 1 to m
 * y'  = step of order 1 to rho' + w (D(y_m, m) - D(y, rho)) / c, with the noise of the steps rho to m and m to rho':
 *       form X0    -(rho' / m)^2 m sqrt(1 - e^(-2 c h)) xi_1 - rho' sqrt(1 - e^(-2 (1 - c) h)) xi_2
 *       form EPS   -sqrt(rho^2 - m^2) xi_1 - sqrt(m^2 - rho'^2) xi_2
 * w   = half the coefficient of D (weights A), or the integral of a linear D (weights B)
 * </pre>
 *
 * <p>xi_1 and xi_2 so lie on one Brownian path for every c; the published coefficients do for c = 1/2 alone, where they are
 * these. The published code leaves the state as it is in a step to sigma = 0: {@link Coefficients#PUBLISHED}; the exact
 * limit, taken by default, is x0. Two evaluations and two draws a step. Weak order 1 (order 2 in small noise).
 *
 * @param form X0 or EPS
 * @param weights of the difference
 * @param c place of the second evaluation in the step, in (0, 1); usually 1/2
 * @param coefficients of a step to sigma = 0
 * @paper Gonzalez et al. 2023: SEEDS: Exponential SDE Solvers for Fast High-Quality Sampling from Diffusion Models,
 *     arXiv:2305.14267
 */
public record Seeds2(Prediction form, Weights weights, double c, Coefficients coefficients) implements Solver {
    /** Weight of the difference of the two predictions. */
    public enum Weights {
        /** Half the weight of the prediction, published as 2a. */
        A,
        /** The integral of a linear prediction, published as 2b. */
        B
    }

    public Seeds2 {
        SeedsForm.require("seeds-2", form);
        if (!(0 < c && c < 1)) {
            throw new IllegalArgumentException(
                    "seeds-2: got c " + c + "; expected a number between 0 and 1; 1/2 is usual");
        }
    }

    /** Form X0, weights B, c = 1/2, exact. */
    public Seeds2() {
        this(Prediction.X0, Weights.B, 0.5, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "seeds-2";
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
        GridPoint middle = edm.at(from.rho() * Math.pow(to.rho() / from.rho(), c));
        SeedsForm first = SeedsForm.of(form, from.rho(), middle.rho());
        SeedsForm rest = SeedsForm.of(form, middle.rho(), to.rho());
        SeedsForm whole = SeedsForm.of(form, from.rho(), to.rho());
        int x = edm.state();
        int d = edm.evaluate(x, from);
        Instruction.Term noise = edm.noise(-first.noise());
        int trial = edm.move(from, first.keep(), x, middle, edm.term(first.drive(), d), noise);
        double rise = weights == Weights.A ? whole.drive() / 2 : SeedsForm.ramp(form, from.rho(), to.rho());
        double slope = rise / c;
        edm.step(
                i,
                edm.move(
                        from,
                        whole.keep(),
                        x,
                        to,
                        edm.term(whole.drive() - slope, d),
                        edm.term(slope, edm.evaluate(trial, middle)),
                        edm.term(rest.keep() * noise.coefficient(), noise.value()),
                        edm.noise(-rest.noise())));
    }
}
