package org.fewstep.model;

import java.util.List;

/**
 * Everything that fixes the structure of a {@link DataPredictor}.
 *
 * @param net structure of the network that predicts data
 * @param leastTime time below which the divisor stays, above 0, at most 1; 0.05 as published
 */
public record DataPredictorConfig(NetworkConfig net, double leastTime) implements NetworkConfig {
    public DataPredictorConfig {
        boolean plain = !(net instanceof InterpolantConfig || net instanceof DataPredictorConfig);
        if (net.times() == 0 || !plain || !(0 < leastTime && leastTime <= 1)) {
            throw new IllegalArgumentException("data predictor: got " + net + ", least time " + leastTime
                    + "; expected a plain network with times, above 0 to 1");
        }
    }

    @Override
    public int dim() {
        return net.dim();
    }

    @Override
    public int classes() {
        return net.classes();
    }

    @Override
    public int times() {
        return net.times();
    }

    @Override
    public boolean nullLabel() {
        return net.nullLabel();
    }

    @Override
    public boolean guided() {
        return net.guided();
    }

    @Override
    public boolean intervals() {
        return net.intervals();
    }

    @Override
    public boolean velocityHead() {
        return net.velocityHead();
    }

    @Override
    public boolean accepts(List<Integer> shape) {
        return net.accepts(shape);
    }

    @Override
    public double leastNumbers() {
        return net.leastNumbers();
    }

    @Override
    public DataPredictor build(Init init) {
        return new DataPredictor(init, this);
    }
}
