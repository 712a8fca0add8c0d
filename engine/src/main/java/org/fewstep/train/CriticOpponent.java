package org.fewstep.train;

import java.util.function.Function;
import org.fewstep.loss.DiscriminatorLoss;
import org.fewstep.loss.Generated;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.Loss;
import org.fewstep.model.CriticMlp;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Discriminator;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.model.SigmaScaling;
import org.fewstep.sample.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The discriminator of an adversarial term: of samples, or on the features of the frozen teacher.
 *
 * @param settings of it
 * @param sigmaData standard deviation of the data
 * @param generated what it tells from data, of the networks of a run
 */
record CriticOpponent(AdversarialSettings settings, double sigmaData, Function<Roles, Generated<?>> generated)
        implements Opponent<Module> {
    private static final String NAME = "critic";
    private static final String KEY = "method.adversarial.features";

    /** The discriminator of a run, for the student's loss; null without settings. */
    static @Nullable CriticNet of(Roles roles, @Nullable AdversarialSettings settings, double sigmaData) {
        return settings == null ? null : critic(roles.requireOpponent(NAME, Module.class), sigmaData);
    }

    /** The student's term; none without settings. */
    static GeneratorTerm term(@Nullable AdversarialSettings settings) {
        return settings == null ? GeneratorTerm.NONE : settings.term();
    }

    /** A discriminator in the coordinates of samples and noise levels. */
    private static CriticNet critic(Module network, double sigmaData) {
        return network instanceof Discriminator heads
                ? SigmaScaling.edm(sigmaData).critic(heads)
                : (CriticMlp) network;
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
    public Module build(Init init, ModelSpec student, @Nullable Teacher teacher) {
        TeacherFeatures features = settings.features();
        if (features != null) {
            return features.on(teacher, init, KEY);
        }
        int dim = student.network().dim();
        int classes = student.network().classes();
        return new CriticMlp(init, dim, classes, settings.width(), settings.depth(), sigmaData);
    }

    @Override
    public Loss<Module, ?> loss(Roles roles) {
        Generated<?> clean = generated.apply(roles);
        TeacherFeatures features = settings.features();
        Generated<?> seen = features == null ? clean : features.levels().of(clean);
        return loss(seen);
    }

    private <D> Loss<Module, ?> loss(Generated<D> pairs) {
        return new MappedLoss<>(
                new DiscriminatorLoss<>(settings.config(), pairs), network -> critic(network, sigmaData));
    }
}
