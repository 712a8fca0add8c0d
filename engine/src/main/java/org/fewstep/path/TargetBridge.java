package org.fewstep.path;

/**
 * The optimal-transport path of flow matching: x_t = t x + (1 - (1 - sigma) t) eps, velocity (x - (1 - sigma) x_t) / (1 -
 * (1 - sigma) t) = x - (1 - sigma) eps. The noise is the source; y is not used (Lipman et al. 2022, arXiv:2210.02747,
 * equations 20 to 23).
 *
 * @param sigma width that is left at the data, at least 0
 */
public record TargetBridge(double sigma) implements Bridge {
    public TargetBridge {
        BridgeWidth.require("target bridge", sigma);
    }

    @Override
    public String name() {
        return "target_lipman";
    }

    @Override
    public double source(double t) {
        return 0;
    }

    @Override
    public double data(double t) {
        return t;
    }

    @Override
    public double noise(double t) {
        return 1 - (1 - sigma) * t;
    }

    @Override
    public double dSource(double t) {
        return 0;
    }

    @Override
    public double dData(double t) {
        return 1;
    }

    @Override
    public double dNoise(double t) {
        return -(1 - sigma);
    }
}
