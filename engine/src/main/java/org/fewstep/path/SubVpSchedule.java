package org.fewstep.path;

/**
 * The sub-VP diffusion: alpha as in {@link VpSchedule}, sigma = 1 - alpha^2, so that the variance stays below that of the
 * VP diffusion. alpha^2 + sigma^2 is not 1.
 *
 * @param betaMin rate at the data end, above 0
 * @param betaMax rate at the noise end, at least betaMin
 * @paper Song et al. 2021: Score-Based Generative Modeling through Stochastic Differential Equations, arXiv:2011.13456
 */
public record SubVpSchedule(double betaMin, double betaMax) implements Path {
    public SubVpSchedule {
        if (!(0 < betaMin && betaMin <= betaMax) || Double.isInfinite(betaMax)) {
            throw new IllegalArgumentException("sub-vp schedule: got betaMin " + betaMin + ", betaMax " + betaMax
                    + "; expected 0 < betaMin <= betaMax, finite");
        }
    }

    /** The usual rates 0.1 and 20. */
    public SubVpSchedule() {
        this(0.1, 20);
    }

    private VpSchedule vp() {
        return new VpSchedule(betaMin, betaMax);
    }

    @Override
    public String name() {
        return "sub-vp";
    }

    @Override
    public double noiseTime() {
        return 1;
    }

    @Override
    public double alpha(double t) {
        return vp().alpha(t);
    }

    @Override
    public double sigma(double t) {
        double vpSigma = vp().sigma(t);
        return vpSigma * vpSigma;
    }

    @Override
    public double dAlpha(double t) {
        return vp().dAlpha(t);
    }

    @Override
    public double dSigma(double t) {
        return -2 * alpha(t) * dAlpha(t);
    }

    // With r = 1 / snr, alpha^2 + r alpha - 1 = 0; then 1 - alpha^2 = r alpha without cancelling.
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double r = 1 / snr;
        double alpha = 2 / (r + Math.sqrt(r * r + 4));
        return vp().timeAtSnr(Math.sqrt(alpha * snr));
    }
}
