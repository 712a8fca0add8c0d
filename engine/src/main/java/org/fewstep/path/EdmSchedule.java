package org.fewstep.path;

/**
 * EDM's coordinates: alpha = 1, sigma = t, so that a time is the noise level itself.
 *
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364
 */
public record EdmSchedule() implements NoiseSchedule {
    @Override
    public String name() {
        return "edm";
    }

    @Override
    public double alpha(double t) {
        return 1;
    }

    @Override
    public double sigma(double t) {
        return t;
    }

    @Override
    public double dAlpha(double t) {
        return 0;
    }

    @Override
    public double dSigma(double t) {
        return 1;
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return 1 / snr;
    }
}
