package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.Surrogate;
import org.fewstep.path.TableTimes;
import org.jspecify.annotations.Nullable;

/**
 * DMD2: {@link org.fewstep.loss.Dmd} without regression, several updates of the fake score network a step, a discriminator on its
 * features, and students of a few steps, which are trained on what their own sampler makes.
 *
 * <p>Each update of the fake score network has samples of its own; the published code takes those of the last student's step for
 * one of them.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param table noise levels
 * @param ratio updates of the fake score network a step, at least 1 (default 5)
 * @param fake optimizer of the fake score network
 * @param features of the discriminator; absent for none
 * @param adversarial weight of the student's adversarial term, at least 0 (default 0.003)
 * @param discriminator weight of the discriminator's loss beside that of the fake score network, above 0 (default 0.01)
 * @param start first step with the adversarial term, at least 0; the discriminator learns from the first on (default 0)
 * @param guidance scale of the teacher's guidance, 1 for none (default 1)
 * @param augmentation noise levels of the guidance as a term of its own, {@link org.fewstep.loss.GuidanceAugmentation}, beside
 *     distribution matching with the teacher as it is (decoupled DMD); absent for a guided teacher
 */
public record Dmd2(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        int ratio,
        OptimizerSettings fake,
        @Nullable FeatureSettings features,
        double adversarial,
        double discriminator,
        long start,
        double guidance,
        @Nullable LevelTable augmentation)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0),
                "table",
                LevelTable.DEFAULT,
                "ratio",
                5,
                "fake",
                OptimizerSettings.DEFAULT,
                "adversarial",
                0.003,
                "discriminator",
                0.01,
                "start",
                0L,
                "guidance",
                1.0);
    }

    public Dmd2 {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.within("ratio", ratio, 1, 1000);
        SettingsChecks.notNegative("adversarial", adversarial);
        SettingsChecks.positive("discriminator", discriminator);
        SettingsChecks.atLeast("start", start, 0);
        if (features == null && start > 0) {
            throw new SettingsException("start", Long.toString(start), "0, since there is no discriminator", "");
        }
        Dmd.checkGuidance(guidance, augmentation);
    }

    @Override
    public ScoreDistiller distiller() {
        TableTimes all = table.all(ScoreDistiller.LEVELS);
        ScoreOpponent.Judging judging =
                features == null ? null : new ScoreOpponent.Judging(Adversarial.NON_SATURATING, discriminator, all);
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                table.middle(ScoreDistiller.LEVELS),
                new GradientTerm(org.fewstep.loss.Dmd.published(), Surrogate.MEAN_SQUARE),
                augmentation == null ? guidance : 1,
                new FakeOpponent(parametrisation(), ratio, fake, all, false, features, judging),
                features == null ? null : new GeneratorTerm(Adversarial.NON_SATURATING, adversarial, start),
                all,
                1,
                Dmd.augmentation(guidance, augmentation));
    }
}
