package org.fewstep.train;

import java.util.List;
import org.fewstep.model.Parametrisation;

/** A method whose student is a generator of one step or a few, judged by what it makes; it learns from the recipe's teacher. */
sealed interface GeneratorMethod extends MethodSettings permits ScoreMethod, Ladd, Add {
    /** Standard deviation of the data. */
    double sigmaData();

    /** Levels at which the student is called, from the noisiest on; one makes a student of one step. */
    List<Double> levels();

    @Override
    default int times() {
        return 1;
    }

    @Override
    default boolean taught() {
        return true;
    }

    @Override
    default Parametrisation parametrisation() {
        return Parametrisation.generator(sigmaData(), levels());
    }
}
