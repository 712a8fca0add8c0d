package org.fewstep.train;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.StepSamples;
import org.fewstep.loss.StudentSteps;
import org.fewstep.loss.TeacherRegression;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Prediction;

/**
 * Adversarial diffusion distillation: a student of a few steps that starts from data with noise, a discriminator on features, and
 * {@link TeacherRegression} to the teacher's denoised means.
 *
 * <p>The paper's discriminator reads the features of a DINOv2 network at clean images; this one those of the teacher, at samples
 * with noise. There is no public training code.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0 (default [80, 2.5, 0.8, 0.2])
 * @param states that it learns at: data with noise, or simulated by its sampler (default data)
 * @param table noise levels of the distillation
 * @param distillation weight lambda of the distillation, at least 0 (default 2.5)
 * @param weight c(t) of its levels: uniform, or alpha, which falls with the noise (default alpha)
 * @param distance d: l2, l1, huber or perceptual (default l2)
 * @param adversarial discriminator, which needs features, and adversarial term; published hinge, with r1-of features
 * @paper Sauer et al.: Adversarial Diffusion Distillation, 2023, arXiv:2311.17042
 */
public record Add(
        double sigmaData,
        List<Double> levels,
        StudentStates states,
        LevelTable table,
        double distillation,
        TeacherRegression.Weight weight,
        Metric distance,
        AdversarialSettings adversarial)
        implements GeneratorMethod, Comparing {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0, 2.5, 0.8, 0.2),
                "states",
                StudentStates.DATA,
                "table",
                LevelTable.DEFAULT,
                "distillation",
                2.5,
                "weight",
                TeacherRegression.Weight.ALPHA,
                "distance",
                Metric.L2);
    }

    public Add {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.notNegative("distillation", distillation);
        if (adversarial.features() == null) {
            throw new SettingsException(
                    "adversarial.features", "none", "taps of the teacher, whose features are judged", "");
        }
        if (adversarial.kind() == Adversarial.RELATIVISTIC) {
            throw new SettingsException(
                    "adversarial.kind", "relativistic", "hinge or non-saturating", "the student's term has no pairs");
        }
    }

    private StudentSteps steps() {
        return states.at(levels);
    }

    @Override
    public List<Opponent<?>> opponents() {
        return List.of(new CriticOpponent(
                adversarial,
                sigmaData,
                roles -> new StepSamples(steps(), parametrisation().around(roles.requireStudent()), roles.classes())));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Parametrisation student = parametrisation();
        PredictionNet teacher = roles.requireTeacher().denoiser();
        CriticNet critic = CriticOpponent.of(roles, adversarial, sigmaData);
        ScoreDistillation loss = new ScoreDistillation(new ScoreDistillation.Config(
                ScoreDistiller.LEVELS,
                Prediction.X0,
                Prediction.X0,
                steps(),
                table.all(ScoreDistiller.LEVELS),
                new TeacherRegression(distillation, weight, distance.of(roles)),
                new GeneratorTerm(adversarial.kind(), adversarial.weight(), adversarial.start()),
                Objects.requireNonNull(adversarial.features()).times(),
                roles.classes()));
        return StudentLoss.of(
                loss, (net, dropping) -> new ScoreDistillation.Nets(student.around(net), teacher, null, critic));
    }
}
