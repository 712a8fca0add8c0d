package org.fewstep.path;

/**
 * The variance-exploding diffusion: alpha = 1, sigma = sigmaMin (sigmaMax / sigmaMin)^t, most noise at 1.
 *
 * <p>There is no clean end: sigma(0) is sigmaMin, and sigma goes to 0 only as t goes to minus infinity.
 *
 * @param sigmaMin noise at 0, above 0
 * @param sigmaMax noise at 1, above sigmaMin
 * @paper Song et al. 2021: Score-Based Generative Modeling through Stochastic Differential Equations, arXiv:2011.13456
 */
public record VeSchedule(double sigmaMin, double sigmaMax) implements NoiseSchedule {
    public VeSchedule {
        if (!(0 < sigmaMin && sigmaMin < sigmaMax) || Double.isInfinite(sigmaMax)) {
            throw new IllegalArgumentException("ve schedule: got sigmaMin " + sigmaMin + ", sigmaMax " + sigmaMax
                    + "; expected 0 < sigmaMin < sigmaMax, finite");
        }
    }

    /** The usual range 0.01 to 50. */
    public VeSchedule() {
        this(0.01, 50);
    }

    @Override
    public String name() {
        return "ve";
    }

    private double rate() {
        return Math.log(sigmaMax / sigmaMin);
    }

    @Override
    public double alpha(double t) {
        return 1;
    }

    @Override
    public double sigma(double t) {
        return sigmaMin * Math.exp(rate() * t);
    }

    @Override
    public double dAlpha(double t) {
        return 0;
    }

    @Override
    public double dSigma(double t) {
        return rate() * sigma(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return -Math.log(snr * sigmaMin) / rate();
    }
}
