package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/**
 * Predicts what the loss that trains it names: clean data, noise, velocity or score. The forms of {@link
 * org.fewstep.path.Prediction} turn one into the others.
 */
@FunctionalInterface
public interface PredictionNet {
    /**
     * The prediction.
     *
     * @param x state (B, ...)
     * @param t time (B)
     * @return (B, ...)
     */
    Tensor of(Tensor x, Tensor t, Cond cond);
}
