package org.fewstep.train;

import org.fewstep.io.SettingsException;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreTerm;
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
 */
record ScoreDistiller(
        Parametrisation student,
        NoiseSchedule schedule,
        TimeSampler times,
        ScoreTerm term,
        double guidance,
        @Nullable FakeOpponent fake,
        @Nullable GeneratorTerm adversarial,
        @Nullable TimeSampler criticTimes) {
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
                roles.classes()));
    }

    /** The student's loss. */
    Loss<Network, ?> loss(Roles roles) {
        return loss(objective(roles), roles);
    }

    /** A loss of the networks for the student. */
    <D> Loss<Network, ?> loss(Loss<ScoreDistillation.Nets, D> objective, Roles roles) {
        PredictionNet teacher = on(guided(roles));
        PredictionNet denoiser = fake == null ? null : on(fake.denoiser(roles));
        return StudentLoss.of(
                objective,
                (net, dropping) -> new ScoreDistillation.Nets(
                        student.around(net), teacher, denoiser, fake == null ? null : fake.critic(roles)));
    }

    private PredictionNet on(PredictionNet levels) {
        return schedule.equals(CIRCLE) ? Parametrisation.onCircle(levels) : levels;
    }

    private PredictionNet guided(Roles roles) {
        PredictionNet teacher = roles.requireTeacher().denoiser();
        if (guidance == 1) {
            return teacher;
        }
        if (roles.classes() == 0) {
            throw new SettingsException(
                    "method.guidance",
                    Double.toString(guidance),
                    "1 for data without classes",
                    "guidance needs labels");
        }
        return GuidedPrediction.of(teacher, roles.classes(), guidance);
    }
}
