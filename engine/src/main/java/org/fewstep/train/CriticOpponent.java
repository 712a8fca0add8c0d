package org.fewstep.train;

import java.util.function.Function;
import org.fewstep.loss.DiscriminatorLoss;
import org.fewstep.loss.Generated;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.Loss;
import org.fewstep.model.CriticMlp;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Init;
import org.fewstep.sample.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The discriminator of an adversarial term.
 *
 * @param settings of it
 * @param sigmaData standard deviation of the data
 * @param generated what it tells from data, of the networks of a run
 */
record CriticOpponent(AdversarialSettings settings, double sigmaData, Function<Roles, Generated<?>> generated)
        implements Opponent<CriticMlp> {
    private static final String NAME = "critic";

    /** The discriminator of a run, for the student's loss; null without settings. */
    static @Nullable CriticNet of(Roles roles, @Nullable AdversarialSettings settings) {
        return settings == null ? null : roles.requireOpponent(NAME, CriticMlp.class);
    }

    /** The student's term; none without settings. */
    static GeneratorTerm term(@Nullable AdversarialSettings settings) {
        return settings == null ? GeneratorTerm.NONE : settings.term();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OptimizerSettings optimizer() {
        return settings.optimizer();
    }

    @Override
    public int updates() {
        return settings.updates();
    }

    @Override
    public CriticMlp build(Init init, ModelSpec student, @Nullable Teacher teacher) {
        int dim = student.network().dim();
        int classes = student.network().classes();
        return new CriticMlp(init, dim, classes, settings.width(), settings.depth(), sigmaData);
    }

    @Override
    public Loss<CriticNet, ?> loss(Roles roles) {
        return new DiscriminatorLoss<>(settings.config(), generated.apply(roles));
    }
}
