package org.fewstep.path;

/**
 * A schedule scaled to alpha^2 + sigma^2 = 1 at the same times and signal-to-noise ratios: alpha / n and sigma / n with n
 * = sqrt(alpha^2 + sigma^2).
 *
 * @param unscaled schedule before scaling
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, table 1
 */
public record UnitVariance(NoiseSchedule unscaled) implements NoiseSchedule {
    @Override
    public String name() {
        return unscaled.name() + "-unit-variance";
    }

    private double norm(double t) {
        return Math.hypot(unscaled.alpha(t), unscaled.sigma(t));
    }

    @Override
    public double alpha(double t) {
        return unscaled.alpha(t) / norm(t);
    }

    @Override
    public double sigma(double t) {
        return unscaled.sigma(t) / norm(t);
    }

    /** (alpha / n)' = -sigma w, (sigma / n)' = alpha w with w = (alpha sigma' - alpha' sigma) / n^3. */
    private double turn(double t) {
        double n = norm(t);
        return (unscaled.alpha(t) * unscaled.dSigma(t) - unscaled.dAlpha(t) * unscaled.sigma(t)) / (n * n * n);
    }

    @Override
    public double dAlpha(double t) {
        return -unscaled.sigma(t) * turn(t);
    }

    @Override
    public double dSigma(double t) {
        return unscaled.alpha(t) * turn(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        return unscaled.timeAtSnr(snr);
    }
}
