package org.fewstep.path;

/**
 * The variance-exploding diffusion as EDM writes it: alpha = 1, sigma = sqrt(t).
 *
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, table 1
 */
public record EdmVeSchedule() implements NoiseSchedule {
    @Override
    public String name() {
        return "edm-ve";
    }

    @Override
    public double alpha(double t) {
        return 1;
    }

    @Override
    public double sigma(double t) {
        return Math.sqrt(t);
    }

    @Override
    public double dAlpha(double t) {
        return 0;
    }

    @Override
    public double dSigma(double t) {
        return 0.5 / Math.sqrt(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return 1 / (snr * snr);
    }
}
