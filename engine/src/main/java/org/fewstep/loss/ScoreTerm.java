package org.fewstep.loss;

import java.util.Map;
import org.fewstep.tensor.Tensor;

/** What a method of score distillation makes small at a noised sample of the student. */
public interface ScoreTerm {
    /**
     * Contributions (B) whose mean is the loss.
     *
     * @param point the sample with its graph
     * @param parts where named intermediate results go
     */
    Tensor perSample(ScorePoint point, Map<String, Tensor> parts);

    /** Whether the samples of a batch share a normalisation. */
    default Coupling coupling() {
        return Coupling.NONE;
    }

    /** Whether it reads tensors alone, so that a step can be recorded. */
    default boolean recordable() {
        return true;
    }
}
