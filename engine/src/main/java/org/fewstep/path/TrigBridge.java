package org.fewstep.path;

/**
 * The quarter circle: x_t = cos(pi t / 2) y + sin(pi t / 2) x + sigma eps, velocity pi/2 (cos x - sin y) (Albergo and
 * Vanden-Eijnden 2022, arXiv:2209.15571).
 *
 * @param sigma width, at least 0
 */
public record TrigBridge(double sigma) implements Bridge {
    private static final CosinePath CIRCLE = new CosinePath();

    public TrigBridge {
        BridgeWidth.require("trig bridge", sigma);
    }

    @Override
    public String name() {
        return "vp_trig";
    }

    @Override
    public double source(double t) {
        return CIRCLE.sigma(t);
    }

    @Override
    public double data(double t) {
        return CIRCLE.alpha(t);
    }

    @Override
    public double noise(double t) {
        return sigma;
    }

    @Override
    public double dSource(double t) {
        return CIRCLE.dSigma(t);
    }

    @Override
    public double dData(double t) {
        return CIRCLE.dAlpha(t);
    }

    @Override
    public double dNoise(double t) {
        return 0;
    }
}
