package org.fewstep.path;

/**
 * The schedule whose log signal-to-noise ratio ln(alpha^2 / sigma^2) follows a Laplace law when t is uniform on [0, 1];
 * noise at 1, alpha^2 + sigma^2 = 1. It spends most times around one noise level.
 *
 * <pre>
 * ln(alpha^2 / sigma^2) = mean - scale sgn(1/2 - t) ln(1 - 2 |t - 1/2|)
 * </pre>
 *
 * @param mean of the log ratio, finite
 * @param scale of the log ratio, above 0
 * @paper Hang, Gu 2024: Improved Noise Schedule for Diffusion Training, arXiv:2407.03297
 */
public record LaplaceSchedule(double mean, double scale) implements Path {
    public LaplaceSchedule {
        if (!Double.isFinite(mean) || !(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("laplace schedule: got mean " + mean + ", scale " + scale
                    + "; expected finite numbers, scale above 0");
        }
    }

    /** The published law of mean 0 and scale 0.5. */
    public LaplaceSchedule() {
        this(0, 0.5);
    }

    @Override
    public String name() {
        return "laplace";
    }

    @Override
    public double noiseTime() {
        return 1;
    }

    private double logSnr(double t) {
        return t <= 0.5 ? mean - scale * Math.log(2 * t) : mean + scale * Math.log(2 * (1 - t));
    }

    private double dLogSnr(double t) {
        return -scale / Math.min(t, 1 - t);
    }

    @Override
    public double alpha(double t) {
        return 1 / Math.sqrt(1 + Math.exp(-logSnr(t)));
    }

    @Override
    public double sigma(double t) {
        return 1 / Math.sqrt(1 + Math.exp(logSnr(t)));
    }

    @Override
    public double dAlpha(double t) {
        double sigma = sigma(t);
        return 0.5 * alpha(t) * sigma * sigma * dLogSnr(t);
    }

    @Override
    public double dSigma(double t) {
        double alpha = alpha(t);
        return -0.5 * sigma(t) * alpha * alpha * dLogSnr(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double above = (2 * Math.log(snr) - mean) / scale;
        return above >= 0 ? 0.5 * Math.exp(-above) : 1 - 0.5 * Math.exp(above);
    }
}
