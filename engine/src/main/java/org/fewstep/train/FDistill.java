package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.FDivergence;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.RatioBins;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.Surrogate;
import org.fewstep.path.TableTimes;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.FDistill}: distribution matching by any f-divergence, whose weight is a function of the density ratio that
 * the discriminator of DMD2 estimates. FastGen's discriminator stands on the teacher's features, this one on those of the fake
 * score network. Until the discriminator has learned its ratios say nothing: warm the student's optimizer up.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param table noise levels
 * @param divergence reverse-kl, forward-kl, jensen-shannon, soft-reverse-kl, neyman, hellinger or jeffreys (default jensen-shannon)
 * @param leastRatio lower bound of the density ratio, above 0 (default 0.1)
 * @param mostRatio upper bound of the density ratio, above leastRatio (default 20)
 * @param bins of the table by whose mean ratio each ratio is divided, 0 for none (default 0; FastGen has 10)
 * @param ratio updates of the fake score network a step, at least 1 (default 5)
 * @param fake optimizer of the fake score network
 * @param features of the discriminator
 * @param adversarial weight of the student's adversarial term, at least 0 (default 0.003)
 * @param discriminator weight of the discriminator's loss beside that of the fake score network, above 0 (default 0.01)
 */
public record FDistill(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        FDivergence divergence,
        double leastRatio,
        double mostRatio,
        int bins,
        int ratio,
        OptimizerSettings fake,
        FeatureSettings features,
        double adversarial,
        double discriminator)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("sigma-data", 0.5),
                Map.entry("levels", List.of(80.0)),
                Map.entry("table", LevelTable.DEFAULT),
                Map.entry("divergence", FDivergence.JENSEN_SHANNON),
                Map.entry("least-ratio", 0.1),
                Map.entry("most-ratio", 20.0),
                Map.entry("bins", 0),
                Map.entry("ratio", 5),
                Map.entry("fake", OptimizerSettings.DEFAULT),
                Map.entry("adversarial", 0.003),
                Map.entry("discriminator", 0.01));
    }

    public FDistill {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.positive("least-ratio", leastRatio);
        if (!(mostRatio > leastRatio) || Double.isInfinite(mostRatio)) {
            throw new SettingsException(
                    "most-ratio", Double.toString(mostRatio), "above least-ratio, " + leastRatio, "");
        }
        SettingsChecks.within("bins", bins, 0, 1000);
        SettingsChecks.within("ratio", ratio, 1, 1000);
        SettingsChecks.notNegative("adversarial", adversarial);
        SettingsChecks.positive("discriminator", discriminator);
    }

    private @Nullable RatioBins bins(TableTimes times) {
        return bins == 0 ? null : new RatioBins(times.first(), times.last(), bins, 0);
    }

    @Override
    public ScoreDistiller distiller() {
        TableTimes all = table.all(ScoreDistiller.LEVELS);
        TableTimes judged = table.middle(ScoreDistiller.LEVELS);
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                judged,
                new GradientTerm(
                        new org.fewstep.loss.FDistill(
                                org.fewstep.loss.Dmd.fastGen(), divergence, leastRatio, mostRatio, bins(judged)),
                        Surrogate.MEAN_SQUARE),
                1,
                new FakeOpponent(
                        parametrisation(),
                        ratio,
                        fake,
                        all,
                        false,
                        features,
                        new ScoreOpponent.Judging(Adversarial.NON_SATURATING, discriminator, all)),
                new GeneratorTerm(Adversarial.NON_SATURATING, adversarial, 0),
                null);
    }
}
