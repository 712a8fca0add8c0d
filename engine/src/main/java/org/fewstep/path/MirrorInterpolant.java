package org.fewstep.path;

/**
 * The mirror interpolant x_t = x + gamma(t) z: from the data through noisier data back to the data. Its score is that of
 * data with noise of width gamma, and its drift is gamma' E[z | x_t] = -gamma gamma' score. There is no source.
 *
 * @param gamma width of the latent noise
 * @paper Albergo, Boffi, Vanden-Eijnden 2023: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions,
 *     arXiv:2303.08797
 */
public record MirrorInterpolant(Gamma gamma) implements Bridge {
    @Override
    public String name() {
        return "mirror-" + gamma.text();
    }

    @Override
    public double source(double t) {
        return 0;
    }

    @Override
    public double data(double t) {
        return 1;
    }

    @Override
    public double noise(double t) {
        return gamma.at(t);
    }

    @Override
    public double dSource(double t) {
        return 0;
    }

    @Override
    public double dData(double t) {
        return 0;
    }

    @Override
    public double dNoise(double t) {
        return gamma.derivative(t);
    }

    @Override
    public double halfDVariance(double t) {
        return gamma.product(t);
    }
}
