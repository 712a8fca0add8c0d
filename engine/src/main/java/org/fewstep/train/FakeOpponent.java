package org.fewstep.train;

import java.util.List;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.StudentSteps;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Discriminator;
import org.fewstep.model.FakeScore;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.sample.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The fake score network, a denoiser of what the student makes, with a discriminator on its features where there is one. It
 * starts as a copy of the teacher; beside the exact denoiser, which has no weights, as a fresh network of the student's structure.
 *
 * @param student what the student is
 * @param steps of it
 * @param updates of it for one of the student
 * @param optimizer of it; schedules count its own updates
 * @param times law of the levels that it learns at
 * @param sum over the coordinates of a sample, or mean
 * @param features of the discriminator; null without one
 * @param judging how the discriminator is trained; null without one
 * @param guidance scale at which it learns against its own null label, 1 for none
 */
record FakeOpponent(
        Parametrisation student,
        StudentSteps steps,
        int updates,
        OptimizerSettings optimizer,
        TimeSampler times,
        boolean sum,
        @Nullable FeatureSettings features,
        ScoreOpponent.@Nullable Judging judging,
        double guidance)
        implements Opponent<FakeScore> {
    private static final String NAME = "fake";
    private static final String KEY = "method.features";
    private static final String GUIDANCE = "method.fake-training-guidance";

    /** Of a generator. */
    FakeOpponent(
            Parametrisation student,
            int updates,
            OptimizerSettings optimizer,
            TimeSampler times,
            boolean sum,
            @Nullable FeatureSettings features,
            ScoreOpponent.@Nullable Judging judging,
            double guidance) {
        this(student, steps(student), updates, optimizer, times, sum, features, judging, guidance);
    }

    /** Of a generator, without guidance. */
    FakeOpponent(
            Parametrisation student,
            int updates,
            OptimizerSettings optimizer,
            TimeSampler times,
            boolean sum,
            @Nullable FeatureSettings features,
            ScoreOpponent.@Nullable Judging judging) {
        this(student, updates, optimizer, times, sum, features, judging, 1);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FakeScore build(Init init, ModelSpec spec, @Nullable Teacher teacher) {
        FlowNetwork start = teacher == null ? null : teacher.network();
        NetworkConfig config = start == null ? spec.network() : start.config();
        FlowNetwork net = (FlowNetwork) config.build(init.part("net"));
        try {
            if (start != null) {
                net.copyFrom(start);
            }
            return new FakeScore(net, features == null ? null : features.on(net, init.part("discriminator"), KEY));
        } catch (RuntimeException e) {
            net.close();
            throw e;
        }
    }

    private SigmaScaling scaling() {
        return SigmaScaling.edm(student.sigmaData());
    }

    /** The denoiser of a run. */
    PredictionNet denoiser(Roles roles) {
        return denoiser(roles.requireOpponent(NAME, FakeScore.class));
    }

    private PredictionNet denoiser(FakeScore fake) {
        return scaling().around(fake.net());
    }

    /** The discriminator of a run, or null. */
    @Nullable
    CriticNet critic(Roles roles) {
        return critic(roles.requireOpponent(NAME, FakeScore.class));
    }

    private @Nullable CriticNet critic(FakeScore fake) {
        Discriminator discriminator = fake.discriminator();
        return discriminator == null ? null : scaling().critic(discriminator);
    }

    @Override
    public Loss<FakeScore, ?> loss(Roles roles) {
        ScoreDistiller.requireClasses(roles, guidance, GUIDANCE);
        EdmSchedule schedule = new EdmSchedule();
        ScoreOpponent.Config config = new ScoreOpponent.Config(
                schedule,
                steps,
                new ScoreOpponent.Denoising(Prediction.X0, new DenoisingWeight.Edm(student.sigmaData()), times, sum, 1),
                judging,
                roles.classes());
        return new MappedLoss<>(
                new ScoreOpponent(config, student.around(roles.requireStudent())),
                fake -> new ScoreOpponent.Nets(
                        ScoreDistiller.guided(denoiser(fake), roles, guidance, GUIDANCE), critic(fake)));
    }

    /** The steps of a student. */
    static StudentSteps steps(Parametrisation student) {
        List<Double> levels = student.levels();
        if (levels == null) {
            throw new IllegalStateException(
                    "score distillation: got a " + student.describe() + "; expected a generator");
        }
        return new StudentSteps(new EdmSchedule(), levels);
    }
}
