package org.fewstep.path;

/**
 * The variance-preserving path with linear alpha: alpha = t, sigma = sqrt(1 - t^2), noise at 0. At the data end sigma'
 * is infinite.
 */
public record LinearVpPath() implements Path {
    @Override
    public String name() {
        return "linear_vp";
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
        return Math.sqrt((1 - t) * (1 + t));
    }

    @Override
    public double dAlpha(double t) {
        return 1;
    }

    @Override
    public double dSigma(double t) {
        return -t / sigma(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double inverse = 1 / snr;
        return 1 / Math.sqrt(1 + inverse * inverse);
    }
}
