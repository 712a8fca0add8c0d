package org.fewstep.solver;

/**
 * Stochastic DPM-Solver++(3M). With rho = sigma / alpha, y = x / alpha, h = ln(rho / rho'), k = (1 + eta) h, r_0 = h_ / h
 * and r_1 = h__ / h from the two steps before, whose x0 are x0_ and x0__,
 *
 * <pre>
 * A_0 = (x0 - x0_) / r_0        A_1 = (x0_ - x0__) / r_1
 * d_1 = A_0 + r_0 / (r_0 + r_1) (A_0 - A_1)        d_2 = 2 (A_0 - A_1) / (r_0 + r_1)
 * y'  = rho' / rho e^(-eta h) y + (1 - e^-k) x0 + k phi_2(-k) d_1 + k phi_3(-k) d_2
 *       + noise rho' sqrt(1 - e^(-2 eta h)) xi
 * </pre>
 *
 * <p>The first step has no differences, the second A_0 alone; a step to sigma = 0 gives x0. The published d_2 lacks the
 * factor 2 and with it the third order: {@link Coefficients#PUBLISHED}. Order 3 at eta = 0 (2 as published), strong order 1
 * otherwise; one evaluation a step.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @param coefficients with or without the factor 2
 * @paper Lu et al. 2022: DPM-Solver++, arXiv:2211.01095
 */
public record DpmPp3mSde(double eta, double noise, Coefficients coefficients) implements Solver {
    public DpmPp3mSde {
        AncestralSplit.require("dpmpp-3m-sde", eta, noise);
    }

    /** All of the reverse SDE's noise, exact coefficients. */
    public DpmPp3mSde() {
        this(1, 1, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "dpmpp-3m-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        DataHistory history = new DataHistory(name(), grid, eta, noise);
        for (int i = 0; i < grid.steps(); i++) {
            history.evaluate(i);
            if (i == 0 || history.endsClean(i)) {
                history.step(i);
            } else if (i == 1) {
                double slope = phi(2, history.k(i)) / history.ratio(i, 1);
                history.step(i, slope, -slope);
            } else {
                history.step(i, differences(history, i));
            }
        }
        return history.build();
    }

    /** Weights of x0, x0_ and x0__ in the differences. */
    private double[] differences(DataHistory history, int i) {
        double k = history.k(i);
        double r0 = history.ratio(i, 1);
        double r1 = history.ratio(i, 2);
        double second = phi(3, k) * (coefficients == Coefficients.EXACT ? 2 : 1) / (r0 + r1);
        double ofA0 = phi(2, k) * (1 + r0 / (r0 + r1)) + second;
        double ofA1 = -phi(2, k) * r0 / (r0 + r1) - second;
        return new double[] {ofA0 / r0, -ofA0 / r0 + ofA1 / r1, -ofA1 / r1};
    }

    private static double phi(int order, double k) {
        return k * Phi.of(order, -k);
    }
}
