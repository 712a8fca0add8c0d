package org.fewstep.path;

/**
 * The stochastic interpolant (1 - t) eps + t x0 + sqrt(t (1 - t)) z from normal noise, seen as a path: both normal parts
 * together are sqrt(1 - t) times one, so alpha = t, sigma = sqrt(1 - t), noise at 0. It has the interpolant's marginals
 * and so its velocity and its flow map. At the data end sigma' is infinite.
 */
public record BrownianPath() implements Path {
    @Override
    public String name() {
        return "brownian";
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
        return Math.sqrt(1 - t);
    }

    @Override
    public double dAlpha(double t) {
        return 1;
    }

    @Override
    public double dSigma(double t) {
        return -0.5 / sigma(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double inverse = 1 / snr;
        return 2 / (Math.sqrt(1 + 4 * inverse * inverse) + 1);
    }
}
