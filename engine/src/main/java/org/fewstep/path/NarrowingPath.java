package org.fewstep.path;

/**
 * The straight line from noise at 0 to data at 1 that keeps a little noise, so that the velocity is finite in terms of the
 * data everywhere: alpha = t, sigma = 1 - (1 - sigmaMin) t.
 *
 * @param sigmaMin noise left at the data end, in (0, 1); 1e-5 in shortcut models
 * @paper Lipman, Chen, Ben-Hamu, Nickel, Le: Flow Matching for Generative Modeling, 2022, arXiv:2210.02747
 */
public record NarrowingPath(double sigmaMin) implements Path {
    public NarrowingPath {
        if (!(0 < sigmaMin && sigmaMin < 1)) {
            throw new IllegalArgumentException(
                    "narrowing path: got sigma_min " + sigmaMin + "; expected above 0 and below 1");
        }
    }

    @Override
    public String name() {
        return "narrowing";
    }

    @Override
    public double noiseTime() {
        return 0;
    }

    @Override
    public double alpha(double t) {
        return t;
    }

    @Override
    public double sigma(double t) {
        return 1 - (1 - sigmaMin) * t;
    }

    @Override
    public double dAlpha(double t) {
        return 1;
    }

    @Override
    public double dSigma(double t) {
        return sigmaMin - 1;
    }

    /** At most 1: snr cannot exceed 1 / sigmaMin on this path. */
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return Math.min(1, 1 / (1 / snr + 1 - sigmaMin));
    }
}
