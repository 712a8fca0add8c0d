package org.fewstep.path;

/**
 * The variance-preserving diffusion in its own time, noise at 1: ln alpha = -(betaMax - betaMin) t^2 / 4 - betaMin t / 2,
 * sigma = sqrt(1 - alpha^2). {@link VpPath} is the same read from the other end.
 *
 * <p>alpha(1) is small but not 0; at t = 0 sigma' is infinite.
 *
 * @param betaMin rate at the data end, above 0
 * @param betaMax rate at the noise end, at least betaMin
 * @paper Song et al. 2021: Score-Based Generative Modeling through Stochastic Differential Equations, arXiv:2011.13456
 */
public record VpSchedule(double betaMin, double betaMax) implements Path {
    public VpSchedule {
        if (!(0 < betaMin && betaMin <= betaMax) || Double.isInfinite(betaMax)) {
            throw new IllegalArgumentException("vp schedule: got betaMin " + betaMin + ", betaMax " + betaMax
                    + "; expected 0 < betaMin <= betaMax, finite");
        }
    }

    /** The usual rates 0.1 and 20. */
    public VpSchedule() {
        this(0.1, 20);
    }

    @Override
    public String name() {
        return "vp-linear";
    }

    @Override
    public double noiseTime() {
        return 1;
    }

    @Override
    public Path reversed() {
        return new VpPath(betaMin, betaMax);
    }

    /** Rate beta(t). */
    public double beta(double t) {
        return betaMin + t * (betaMax - betaMin);
    }

    /** The integral of beta from 0 to t. */
    private double exponent(double t) {
        return t * (0.5 * t * (betaMax - betaMin) + betaMin);
    }

    @Override
    public double alpha(double t) {
        return Math.exp(-0.5 * exponent(t));
    }

    @Override
    public double sigma(double t) {
        return Math.sqrt(-Math.expm1(-exponent(t)));
    }

    @Override
    public double dAlpha(double t) {
        return -0.5 * beta(t) * alpha(t);
    }

    @Override
    public double dSigma(double t) {
        return 0.5 * beta(t) * Math.exp(-exponent(t)) / sigma(t);
    }

    @Override
    public double squaredDiffusion(double t) {
        return beta(t);
    }

    // With alpha^2 + sigma^2 = 1 the integral of beta is ln(1 + snr^-2); the root of the quadratic that does not
    // cancel.
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double exponent = Math.log1p(1 / snr / snr);
        return Double.isInfinite(exponent)
                ? exponent
                : 2 * exponent / (betaMin + Math.sqrt(betaMin * betaMin + 2 * (betaMax - betaMin) * exponent));
    }
}
