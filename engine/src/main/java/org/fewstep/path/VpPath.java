package org.fewstep.path;

/**
 * The variance-preserving diffusion as a path with noise at 0: alpha = exp(-T/2), sigma = sqrt(1 - exp(-T)) with T(t) =
 * (1 - t)^2 (betaMax - betaMin) / 2 + (1 - t) betaMin (Song et al. 2021, arXiv:2011.13456, appendix C, in reversed
 * time).
 *
 * <p>At the noise end alpha is exp(-(betaMin + betaMax) / 4), small but not 0; at the data end sigma' is infinite.
 *
 * @param betaMin rate at the data end, above 0
 * @param betaMax rate at the noise end, at least betaMin
 */
public record VpPath(double betaMin, double betaMax) implements Path {
    public VpPath {
        if (!(0 < betaMin && betaMin <= betaMax) || Double.isInfinite(betaMax)) {
            throw new IllegalArgumentException("vp path: got betaMin " + betaMin + ", betaMax " + betaMax
                    + "; expected 0 < betaMin <= betaMax, finite");
        }
    }

    /** The usual rates 0.1 and 20. */
    public VpPath() {
        this(0.1, 20);
    }

    @Override
    public String name() {
        return "vp";
    }

    @Override
    public double noiseTime() {
        return 0;
    }

    private double exponent(double t) {
        double s = 1 - t;
        return s * (0.5 * s * (betaMax - betaMin) + betaMin);
    }

    private double dExponent(double t) {
        return -((1 - t) * (betaMax - betaMin) + betaMin);
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
        return -0.5 * dExponent(t) * alpha(t);
    }

    @Override
    public double dSigma(double t) {
        return 0.5 * dExponent(t) * Math.exp(-exponent(t)) / sigma(t);
    }

    // With alpha^2 + sigma^2 = 1, T = ln(1 + snr^-2); the root of the quadratic that does not cancel.
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double exponent = Math.log1p(1 / (snr * snr));
        return 1 - 2 * exponent / (betaMin + Math.sqrt(betaMin * betaMin + 2 * (betaMax - betaMin) * exponent));
    }
}
