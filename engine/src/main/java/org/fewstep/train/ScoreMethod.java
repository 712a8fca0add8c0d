package org.fewstep.train;

import java.util.List;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;

/**
 * A method that distils the teacher's score into a generator of one step or a few, by {@link
 * org.fewstep.loss.ScoreDistillation}. Its losses say nothing about progress; samples do.
 */
sealed interface ScoreMethod extends GeneratorMethod
        permits DiffInstruct, Dmd, Dmd2, FDistill, Sid, Sida, Sds, Sjc, Vsd {
    /** What the method is made of. */
    ScoreDistiller distiller();

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
