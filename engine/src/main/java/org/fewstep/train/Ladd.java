package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.Prediction;

/**
 * Latent adversarial diffusion distillation: a discriminator on the frozen teacher's features alone, at noised samples and noised
 * data ({@link ScoreDistillation} without a term of scores, {@link org.fewstep.loss.ScoreOpponent}).
 *
 * <p>Published, the data are the teacher's own samples; here they are the recipe's. The paper's level is logit-normal on the linear
 * path, which is log-normal in sigma with a mean of 0 for data of standard deviation 1.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param states that a student of several steps learns at: data with noise, or simulated by its sampler (default data)
 * @param adversarial losses of both: non-saturating, as FastGen has them, or hinge, the paper's (default non-saturating)
 * @param features of the teacher, with the law of the levels
 * @param updates of the discriminator a step of the student, at least 1; FastGen has 4, then one of the student (default 4)
 * @param optimizer of the discriminator; schedules count its own updates
 * @param r1 weight of the approximate R1 of FastGen, at least 0; 0 for none (default 0)
 * @param r1Noise standard deviation of its noise, above 0 (default 0.1)
 * @paper Sauer et al.: Fast High-Resolution Image Synthesis with Latent Adversarial Diffusion Distillation, 2024,
 *     arXiv:2403.12015
 */
public record Ladd(
        double sigmaData,
        List<Double> levels,
        StudentStates states,
        Adversarial adversarial,
        TeacherFeatures features,
        int updates,
        OptimizerSettings optimizer,
        double r1,
        double r1Noise)
        implements GeneratorMethod {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0),
                "states",
                StudentStates.DATA,
                "adversarial",
                Adversarial.NON_SATURATING,
                "updates",
                4,
                "optimizer",
                OptimizerSettings.DEFAULT,
                "r1",
                0.0,
                "r1-noise",
                0.1);
    }

    public Ladd {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        if (adversarial == Adversarial.RELATIVISTIC) {
            throw new SettingsException(
                    "adversarial", "relativistic", "non-saturating or hinge, since samples and data are no pairs", "");
        }
        SettingsChecks.within("updates", updates, 1, 1000);
        SettingsChecks.notNegative("r1", r1);
        SettingsChecks.positive("r1-noise", r1Noise);
    }

    @Override
    public List<Opponent<?>> opponents() {
        return List.of(new LaddOpponent(this));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Parametrisation student = parametrisation();
        CriticNet critic = LaddOpponent.critic(roles, sigmaData);
        ScoreDistillation loss = new ScoreDistillation(new ScoreDistillation.Config(
                ScoreDistiller.LEVELS,
                Prediction.X0,
                Prediction.X0,
                states.at(levels),
                features.times(),
                null,
                new GeneratorTerm(adversarial, 1, 0),
                null,
                roles.classes()));
        return StudentLoss.of(
                loss, (net, dropping) -> new ScoreDistillation.Nets(student.around(net), null, null, critic));
    }
}
