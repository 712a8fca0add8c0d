package org.fewstep.train;

import java.util.List;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;

/**
 * A method that distils the teacher's score into a generator of one step or a few, by {@link
 * org.fewstep.loss.ScoreDistillation}. Its losses say nothing about progress; samples do.
 */
sealed interface ScoreMethod extends MethodSettings
        permits DiffInstruct, Dmd, Dmd2, FDistill, Sid, Sida, Sds, Sjc, Vsd {
    /** Standard deviation of the data. */
    double sigmaData();

    /** Levels at which the student is called, from the noisiest on; one makes a student of one step. */
    List<Double> levels();

    /** What the method is made of. */
    ScoreDistiller distiller();

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

    @Override
    default List<Opponent<?>> opponents() {
        FakeOpponent fake = distiller().fake();
        return fake == null ? List.of() : List.of(fake);
    }

    @Override
    default Loss<Network, ?> loss(Roles roles) {
        return distiller().loss(roles);
    }
}
