package org.fewstep.train;

import java.util.List;
import org.fewstep.loss.StudentSteps;

/** What a student of several steps starts from, at all levels but the first. */
public enum StudentStates {
    /** What its own sampler brings there. */
    SIMULATED,
    /** Data with noise. */
    DATA;

    /** The steps at levels. */
    StudentSteps at(List<Double> levels) {
        return new StudentSteps(ScoreDistiller.LEVELS, levels, this == DATA);
    }
}
