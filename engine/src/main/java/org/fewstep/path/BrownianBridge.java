package org.fewstep.path;

/**
 * The Brownian bridge of a Schroedinger bridge: x_t = (1 - t) y + t x + sigma sqrt(t (1 - t)) eps, velocity (1 - 2t) / (2t
 * (1 - t) + 1e-8) (x_t - mean) + x - y (Tong et al. 2023, arXiv:2307.03672). The guard 1e-8 is the reference code's.
 *
 * @param sigma diffusion, above 0
 */
public record BrownianBridge(double sigma) implements Bridge {
    private static final double GUARD = 1e-8;

    public BrownianBridge {
        if (!(sigma > 0) || Double.isInfinite(sigma)) {
            throw new IllegalArgumentException(
                    "brownian bridge: got sigma " + sigma + "; expected a finite number above 0");
        }
    }

    @Override
    public String name() {
        return "brownian";
    }

    @Override
    public double source(double t) {
        return 1 - t;
    }

    @Override
    public double data(double t) {
        return t;
    }

    @Override
    public double noise(double t) {
        return sigma * Math.sqrt(t * (1 - t));
    }

    @Override
    public double dSource(double t) {
        return -1;
    }

    @Override
    public double dData(double t) {
        return 1;
    }

    @Override
    public double dNoise(double t) {
        return (1 - 2 * t) / (2 * t * (1 - t) + GUARD) * noise(t);
    }
}
