package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.AdversarialScoreIdentity;
import org.fewstep.loss.KarrasTimes;
import org.fewstep.loss.ScoreIdentity;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.path.LogNormalTimes;

/**
 * {@link AdversarialScoreIdentity}: SiD and a discriminator on the features of the fake score network, in equal parts from the first
 * step on. The published runs lead up to that by steps of the fake score network alone and of SiD alone; here the student's
 * optimizer can be warmed up.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [2.5])
 * @param table noise levels
 * @param share of the table in sigma^(1/7), from the least level on, at which the student is judged, above 0 to 1 (default 0.8)
 * @param alpha weight of the squared difference of the scores (default 1)
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 * @param features of the discriminator
 * @param adversarial weight of the student's adversarial term, at least 0 (default 0.01)
 * @param discriminator weight of the discriminator's loss beside that of the fake score network, above 0 (default 1)
 */
public record Sida(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        double share,
        double alpha,
        int ratio,
        OptimizerSettings fake,
        FeatureSettings features,
        double adversarial,
        double discriminator)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(2.5),
                "table",
                LevelTable.DEFAULT,
                "share",
                0.8,
                "alpha",
                1.0,
                "ratio",
                1,
                "fake",
                OptimizerSettings.DEFAULT,
                "adversarial",
                0.01,
                "discriminator",
                1.0);
    }

    public Sida {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.positive("share", share);
        SettingsChecks.within("share", share, 0.0, 1.0);
        SettingsChecks.finite("alpha", alpha);
        SettingsChecks.within("ratio", ratio, 1, 1000);
        SettingsChecks.notNegative("adversarial", adversarial);
        SettingsChecks.positive("discriminator", discriminator);
    }

    @Override
    public double widest() {
        return Sid.widest(alpha);
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                new KarrasTimes(table.grid(), share),
                new AdversarialScoreIdentity(new ScoreIdentity(alpha), adversarial),
                new FakeOpponent(
                        parametrisation(),
                        ratio,
                        fake,
                        new LogNormalTimes(ScoreDistiller.LEVELS),
                        true,
                        features,
                        new ScoreOpponent.Judging(Adversarial.NON_SATURATING, discriminator, null, true, 0, 0, true)));
    }
}
