package org.fewstep.path;

/**
 * The quarter circle alpha = sin(pi t / 2), sigma = cos(pi t / 2) with noise at 0 (the GVP path of SiT, the trigonometric
 * path of stochastic interpolants).
 */
public record CosinePath() implements Path {
    private static final double QUARTER = Math.PI / 2;

    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public double noiseTime() {
        return 0;
    }

    @Override
    public double alpha(double t) {
        return Math.sin(QUARTER * t);
    }

    // By symmetry, so that it is exactly 0 at the data end.
    @Override
    public double sigma(double t) {
        return Math.sin(QUARTER * (1 - t));
    }

    @Override
    public double dAlpha(double t) {
        return QUARTER * sigma(t);
    }

    @Override
    public double dSigma(double t) {
        return -QUARTER * alpha(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return Math.atan(snr) / QUARTER;
    }
}
