package org.fewstep.path;

/**
 * The straight line between noise and data (rectified flow, conditional OT): with noise at 1, x_t = (1 - t) x0 + t eps
 * and v = eps - x0; with noise at 0, x_t = t x0 + (1 - t) eps and v = x0 - eps.
 *
 * @param noiseTime 0 or 1
 */
public record LinearPath(double noiseTime) implements Path {
    /** MeanFlow's, AYF's and IMM's direction. */
    public static final LinearPath NOISE_AT_ONE = new LinearPath(1);

    /** Flow matching's direction. */
    public static final LinearPath NOISE_AT_ZERO = new LinearPath(0);

    public LinearPath {
        if (noiseTime != 0 && noiseTime != 1) {
            throw new IllegalArgumentException("linear path: got noise at time " + noiseTime + "; expected 0 or 1");
        }
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public double alpha(double t) {
        return noiseTime == 1 ? 1 - t : t;
    }

    @Override
    public double sigma(double t) {
        return noiseTime == 1 ? t : 1 - t;
    }

    @Override
    public double dAlpha(double t) {
        return noiseTime == 1 ? -1 : 1;
    }

    @Override
    public double dSigma(double t) {
        return noiseTime == 1 ? 1 : -1;
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return noiseTime == 1 ? 1 / (1 + snr) : 1 / (1 + 1 / snr);
    }

    @Override
    public Path reversed() {
        return noiseTime == 1 ? NOISE_AT_ZERO : NOISE_AT_ONE;
    }
}
