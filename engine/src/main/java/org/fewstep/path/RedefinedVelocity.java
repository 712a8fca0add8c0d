package org.fewstep.path;

/**
 * The levels of a schedule with another meaning of velocity: networks predict a v that is not the derivative by the schedule's
 * own time.
 *
 * @param levels alpha and sigma
 * @param kind what v is
 */
public record RedefinedVelocity(NoiseSchedule levels, Kind kind) implements NoiseSchedule {
    /** What is called velocity. */
    public enum Kind {
        /** alpha eps - sigma x0, the derivative by the angle (Salimans, Ho 2022, arXiv:2202.00512). */
        ANGULAR,
        /** eps - x0, that of the straight line. */
        STRAIGHT
    }

    @Override
    public String name() {
        return levels.name();
    }

    @Override
    public double alpha(double t) {
        return levels.alpha(t);
    }

    @Override
    public double sigma(double t) {
        return levels.sigma(t);
    }

    /** Factor of x0 in v. */
    @Override
    public double dAlpha(double t) {
        return kind == Kind.ANGULAR ? -sigma(t) : -1;
    }

    /** Factor of eps in v. */
    @Override
    public double dSigma(double t) {
        return kind == Kind.ANGULAR ? alpha(t) : 1;
    }

    @Override
    public double timeAtSnr(double snr) {
        return levels.timeAtSnr(snr);
    }
}
