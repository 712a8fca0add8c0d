package org.fewstep.train;

import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Discriminator;
import org.fewstep.model.Init;
import org.fewstep.model.SigmaScaling;
import org.fewstep.sample.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * LADD's discriminator, heads on the features of the frozen teacher.
 *
 * @param method whose it is
 */
record LaddOpponent(Ladd method) implements Opponent<Discriminator> {
    private static final String NAME = "critic";
    private static final String KEY = "method.features";

    /** The discriminator of a run in the coordinates of samples and noise levels. */
    static CriticNet critic(Roles roles, double sigmaData) {
        return SigmaScaling.edm(sigmaData).critic(roles.requireOpponent(NAME, Discriminator.class));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OptimizerSettings optimizer() {
        return method.optimizer();
    }

    @Override
    public int updates() {
        return method.updates();
    }

    @Override
    public Discriminator build(Init init, ModelSpec student, @Nullable Teacher teacher) {
        return method.features().on(teacher, init, KEY);
    }

    @Override
    public Loss<Discriminator, ?> loss(Roles roles) {
        ScoreOpponent.Judging judging = new ScoreOpponent.Judging(
                method.adversarial(), 1, method.features().times(), false, method.r1(), method.r1Noise(), false);
        ScoreOpponent loss = new ScoreOpponent(
                new ScoreOpponent.Config(
                        ScoreDistiller.LEVELS, method.states().at(method.levels()), null, judging, roles.classes()),
                method.parametrisation().around(roles.requireStudent()));
        SigmaScaling scaling = SigmaScaling.edm(method.sigmaData());
        return new MappedLoss<>(loss, heads -> new ScoreOpponent.Nets(null, scaling.critic(heads)));
    }
}
