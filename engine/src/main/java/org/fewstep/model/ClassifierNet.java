package org.fewstep.model;

import org.fewstep.tensor.Tensor;

/** Predicts the class of clean samples. */
public interface ClassifierNet {
    /**
     * Logits, whose softmax are the probabilities of the classes.
     *
     * @param x samples (B, ...)
     * @return (B, K)
     */
    Tensor logits(Tensor x);

    /**
     * What the last layer sees, averaged over space: a short description of the sample, in which sets are compared.
     *
     * @param x samples (B, ...)
     * @return (B, F)
     */
    Tensor features(Tensor x);
}
