package org.fewstep.path;

/**
 * How much data and noise a state holds at each time: x_t = alpha(t) x0 + sigma(t) eps. Times may lie anywhere; a {@link
 * Path} is a schedule on [0, 1] that also says which end is noise.
 *
 * <p>All in double: solvers take their coefficients from here, whatever the dtype of the state.
 */
public interface NoiseSchedule {
    /** Name as in recipes and checkpoints. */
    String name();

    /** Coefficient of the data. */
    double alpha(double t);

    /** Coefficient of the noise. */
    double sigma(double t);

    /** d alpha / dt. */
    double dAlpha(double t);

    /** d sigma / dt. */
    double dSigma(double t);

    /**
     * The time with a given signal-to-noise ratio, the inverse of alpha(t) / sigma(t).
     *
     * @param snr at least 0; infinity is the data end
     */
    double timeAtSnr(double snr);

    /** The point of the schedule at a time. */
    default GridPoint at(double t) {
        return new GridPoint(t, alpha(t), sigma(t));
    }

    /** Half log signal-to-noise ratio ln(alpha / sigma); infinite at a clean or empty end. */
    default double lambda(double t) {
        return at(t).lambda();
    }

    /** The point of the schedule with a given noise level rho = sigma / alpha. */
    default GridPoint atLevel(double rho) {
        return at(timeAtSnr(1 / rho));
    }

    /** The point of the schedule with a given {@link #lambda}. */
    default GridPoint atLambda(double lambda) {
        return at(timeAtSnr(Math.exp(lambda)));
    }

    /** Rate f of the drift f x of the diffusion that makes this schedule: alpha' / alpha. */
    default double driftRate(double t) {
        return dAlpha(t) / alpha(t);
    }

    /**
     * Squared diffusion coefficient g^2 = 2 sigma |sigma' - sigma alpha' / alpha|, read in the direction in which noise
     * grows.
     */
    default double squaredDiffusion(double t) {
        return 2 * sigma(t) * Math.abs(dSigma(t) - sigma(t) * driftRate(t));
    }
}
