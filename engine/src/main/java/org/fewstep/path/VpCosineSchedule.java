package org.fewstep.path;

/**
 * The cosine schedule in continuous time, noise at 1: alpha = cos(theta) / cos(theta_0) with theta(t) = pi/2 (t + offset)
 * / (1 + offset), sigma = sqrt(1 - alpha^2).
 *
 * <p>The published samplers start at t = {@link #PUBLISHED_START} instead of 1, where alpha is 0. sigma is taken from
 * sin(theta - theta_0) sin(theta + theta_0), which does not cancel at the data end.
 *
 * @param offset keeps sigma' finite at the data end, above 0
 * @paper Nichol, Dhariwal 2021: Improved Denoising Diffusion Probabilistic Models, arXiv:2102.09672
 */
public record VpCosineSchedule(double offset) implements Path {
    /** Where UniPC and SA-Solver start. */
    public static final double PUBLISHED_START = 0.9946;

    public VpCosineSchedule {
        if (!(offset > 0) || Double.isInfinite(offset)) {
            throw new IllegalArgumentException(
                    "vp cosine schedule: got offset " + offset + "; expected a finite number above 0");
        }
    }

    /** The published offset 0.008. */
    public VpCosineSchedule() {
        this(0.008);
    }

    @Override
    public String name() {
        return "vp-cosine";
    }

    @Override
    public double noiseTime() {
        return 1;
    }

    private double rate() {
        return 0.5 * Math.PI / (1 + offset);
    }

    /** cos(theta), from the distance to the noise end so that it is exactly 0 there. */
    private double cos(double t) {
        return Math.sin(rate() * (1 - t));
    }

    @Override
    public double alpha(double t) {
        return cos(t) / cos(0);
    }

    @Override
    public double sigma(double t) {
        return Math.sqrt(Math.sin(rate() * t) * Math.sin(rate() * (t + 2 * offset))) / cos(0);
    }

    @Override
    public double dAlpha(double t) {
        return -rate() * Math.sin(rate() * (t + offset)) / cos(0);
    }

    @Override
    public double dSigma(double t) {
        return -alpha(t) * dAlpha(t) / sigma(t);
    }

    // tan^2(theta) = (snr^-2 + sin^2(theta_0)) / cos^2(theta_0)
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double theta = Math.atan(Math.hypot(1 / snr, Math.sin(rate() * offset)) / cos(0));
        return theta / rate() - offset;
    }
}
