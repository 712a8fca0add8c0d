package org.fewstep.path;

/**
 * A straight tube of constant width: x_t = (1 - t) y + t x + sigma eps, velocity x - y (I-CFM; with optimal pairs OT-CFM;
 * Tong et al. 2023, arXiv:2302.00482).
 *
 * @param sigma width, at least 0
 */
public record StraightBridge(double sigma) implements Bridge {
    public StraightBridge {
        BridgeWidth.require("straight bridge", sigma);
    }

    @Override
    public String name() {
        return "icfm";
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
        return sigma;
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
        return 0;
    }
}
