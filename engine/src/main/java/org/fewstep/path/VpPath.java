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

    @Override
    public VpSchedule reversed() {
        return new VpSchedule(betaMin, betaMax);
    }

    @Override
    public double alpha(double t) {
        return reversed().alpha(1 - t);
    }

    @Override
    public double sigma(double t) {
        return reversed().sigma(1 - t);
    }

    @Override
    public double dAlpha(double t) {
        return -reversed().dAlpha(1 - t);
    }

    @Override
    public double dSigma(double t) {
        return -reversed().dSigma(1 - t);
    }

    @Override
    public double squaredDiffusion(double t) {
        return reversed().squaredDiffusion(1 - t);
    }

    @Override
    public double timeAtSnr(double snr) {
        return 1 - reversed().timeAtSnr(snr);
    }
}
