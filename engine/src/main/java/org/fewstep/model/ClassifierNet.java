package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/** Predicts the class of clean samples. */
@FunctionalInterface
public interface ClassifierNet {
    /**
     * Logits, whose softmax are the probabilities of the classes.
     *
     * @param x samples (B, ...)
     * @return (B, K)
     */
    Tensor logits(Tensor x);
}
