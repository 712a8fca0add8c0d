package org.fewstep.solver;

/**
 * Stochastic DPM-Solver++(2M). With rho = sigma / alpha, y = x / alpha, h = ln(rho / rho'), k = (1 + eta) h, and the
 * previous step's h_ and x0_,
 *
 * <pre>
 * y' = rho' / rho e^(-eta h) y + (1 - e^-k) x0 + w h / h_ (x0 - x0_) + noise rho' sqrt(1 - e^(-2 eta h)) xi
 * w  = (1 - e^-k) / 2                 midpoint
 * w  = 1 - (1 - e^-k) / k             heun
 * </pre>
 *
 * <p>The first step goes without the difference; a step to sigma = 0 gives x0. eta = 0 with the midpoint is
 * DPM-Solver++(2M). Order 2 at eta = 0, strong order 1 otherwise; one evaluation a step.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @param weight of the difference
 * @paper Lu et al. 2022: DPM-Solver++, arXiv:2211.01095
 */
public record DpmPp2mSde(double eta, double noise, Weight weight) implements Solver {
    /** Weight of the difference of the last two x0. */
    public enum Weight {
        /** Half the weight of x0. */
        MIDPOINT,
        /** The integral of a linear x0. */
        HEUN
    }

    public DpmPp2mSde {
        AncestralSplit.require("dpmpp-2m-sde", eta, noise);
    }

    /** All of the reverse SDE's noise, midpoint. */
    public DpmPp2mSde() {
        this(1, 1, Weight.MIDPOINT);
    }

    @Override
    public String name() {
        return "dpmpp-2m-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        DataHistory history = new DataHistory(name(), grid, eta, noise);
        for (int i = 0; i < grid.steps(); i++) {
            history.evaluate(i);
            if (i == 0 || history.endsClean(i)) {
                history.step(i);
            } else {
                double k = history.k(i);
                double w = weight == Weight.HEUN ? k * Phi.of(2, -k) : -0.5 * Math.expm1(-k);
                double slope = w / history.ratio(i, 1);
                history.step(i, slope, -slope);
            }
        }
        return history.build();
    }
}
