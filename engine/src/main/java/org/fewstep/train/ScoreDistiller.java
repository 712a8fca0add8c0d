package org.fewstep.train;

import org.fewstep.io.SettingsException;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.GuidanceAugmentation;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.loss.Surrogate;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TrigFlowSchedule;
import org.jspecify.annotations.Nullable;

/**
 * What a method of score distillation is made of.
 *
 * @param student what the student is
 * @param schedule on which samples are judged: {@link #LEVELS} or {@link #CIRCLE}
 * @param times law of the times at which they are
 * @param term the method
 * @param guidance scale of the teacher's classifier-free guidance, 1 for none
 * @param fake what is trained beside the student; null where the term reads no fake score
 * @param adversarial the student's term of the discriminator; null where there is none, or the method's term has it
 * @param criticTimes law of the times of the adversarial term
 * @param fakeGuidance scale of the fake score network's guidance, 1 for none
 * @param augmentation guidance of the teacher as a term of its own; null for none
 */
record ScoreDistiller(
        Parametrisation student,
        NoiseSchedule schedule,
        TimeSampler times,
        ScoreTerm term,
        double guidance,
        @Nullable FakeOpponent fake,
        @Nullable GeneratorTerm adversarial,
        @Nullable TimeSampler criticTimes,
        double fakeGuidance,
        @Nullable Augmentation augmentation) {
    /**
     * Guidance of the teacher as a term of its own, at times of its own.
     *
     * @param scale of the guidance
     * @param times law of the times
     */
    record Augmentation(double scale, TimeSampler times) {}

    private static final String TEACHER_GUIDANCE = "method.guidance";
    private static final String FAKE_GUIDANCE = "method.fake-guidance";

    /** x + sigma n. */
    static final NoiseSchedule LEVELS = new EdmSchedule();

    /** cos(t) x + sin(t) n, which keeps variance: the same networks at the level tan(t). */
    static final NoiseSchedule CIRCLE = new TrigFlowSchedule(1);

    /** Without guidance and discriminator. */
    ScoreDistiller(
            Parametrisation student,
            NoiseSchedule schedule,
            TimeSampler times,
            ScoreTerm term,
            @Nullable FakeOpponent fake) {
        this(student, schedule, times, term, 1, fake, null, null);
    }

    /** Without guidance of the fake score network, and with that of the teacher in the term. */
    ScoreDistiller(
            Parametrisation student,
            NoiseSchedule schedule,
            TimeSampler times,
            ScoreTerm term,
            double guidance,
            @Nullable FakeOpponent fake,
            @Nullable GeneratorTerm adversarial,
            @Nullable TimeSampler criticTimes) {
        this(student, schedule, times, term, guidance, fake, adversarial, criticTimes, 1, null);
    }

    /** The student's objective without its networks. */
    ScoreDistillation objective(Roles roles) {
        return new ScoreDistillation(new ScoreDistillation.Config(
                schedule,
                Prediction.X0,
                Prediction.X0,
                FakeOpponent.steps(student),
                times,
                term,
                adversarial,
                criticTimes,
                roles.classes(),
                augmentation == null ? null : second(augmentation, roles)));
    }

    private static ScoreDistillation.Second second(Augmentation augmentation, Roles roles) {
        requireClasses(roles, augmentation.scale, TEACHER_GUIDANCE);
        return new ScoreDistillation.Second(
                new GradientTerm(new GuidanceAugmentation(augmentation.scale, roles.classes()), Surrogate.MEAN_SQUARE),
                augmentation.times);
    }

    /** The student's loss. */
    Loss<Network, ?> loss(Roles roles) {
        return loss(objective(roles), roles);
    }

    /** A loss of the networks for the student. */
    <D> Loss<Network, ?> loss(Loss<ScoreDistillation.Nets, D> objective, Roles roles) {
        PredictionNet teacher = on(guided(roles.requireTeacher().denoiser(), roles, guidance, TEACHER_GUIDANCE));
        PredictionNet denoiser =
                fake == null ? null : on(guided(fake.denoiser(roles), roles, fakeGuidance, FAKE_GUIDANCE));
        return StudentLoss.of(
                objective,
                (net, dropping) -> new ScoreDistillation.Nets(
                        student.around(net), teacher, denoiser, fake == null ? null : fake.critic(roles)));
    }

    private PredictionNet on(PredictionNet levels) {
        return schedule.equals(CIRCLE) ? Parametrisation.onCircle(levels) : levels;
    }

    /**
     * A network guided against its null label; itself at scale 1.
     *
     * @param key of the scale
     * @throws SettingsException for another scale and data without classes
     */
    static PredictionNet guided(PredictionNet net, Roles roles, double scale, String key) {
        requireClasses(roles, scale, key);
        if (scale == 1) {
            return net;
        }
        return GuidedPrediction.of(net, roles.classes(), scale);
    }

    /** Refuses guidance, a scale other than 1, for data without classes. */
    static void requireClasses(Roles roles, double scale, String key) {
        if (roles.classes() == 0 && scale != 1) {
            throw new SettingsException(
                    key, Double.toString(scale), "1 for data without classes", "guidance needs labels");
        }
    }
}
