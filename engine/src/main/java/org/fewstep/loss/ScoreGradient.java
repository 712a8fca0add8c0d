package org.fewstep.loss;

import org.fewstep.tensor.Tensor;

/**
 * The gradient by which a method moves generated samples: descending along it makes them more likely for the teacher. It is
 * independent of what made the samples, and no gradient goes through it.
 */
@FunctionalInterface
public interface ScoreGradient {
    /** The gradient (B, ...) at constant samples, without a graph. */
    Tensor of(ScorePoint point);

    /** Whether the samples of a batch share a normalisation. */
    default Coupling coupling() {
        return Coupling.NONE;
    }

    /** Whether it reads tensors alone, so that a step can be recorded. */
    default boolean recordable() {
        return true;
    }
}
