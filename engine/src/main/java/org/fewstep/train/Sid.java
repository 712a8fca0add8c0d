package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.KarrasTimes;
import org.fewstep.loss.ScoreIdentity;
import org.fewstep.path.LogNormalTimes;

/**
 * Score identity distillation, {@link ScoreIdentity}, whose gradient goes through the teacher and the fake score network. The student
 * starts from a middle level. Published: beta1 0 in the student's optimizer.
 *
 * <p>With several levels the student is judged at the output of a step that is drawn, each with the same probability, and the fake
 * score network follows the mixture of all: few-step SiD (Zhou et al. 2025, arXiv:2505.12674). For data with classes the guidance of
 * both networks is that of LSG (Zhou et al. 2024, arXiv:2406.01561), published with one scale of 1.5 to 4.5 for all three; of few-step
 * SiD, zero guidance is fake-training-guidance 0 and fake-guidance 0 with guidance 1, anti-guidance a fake-guidance below 0.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [2.5])
 * @param table noise levels
 * @param share of the table in sigma^(1/7), from the least level on, at which the student is judged, above 0 to 1 (default 0.8)
 * @param alpha weight of the squared difference of the scores; above 1 a student that is too wide runs away (default 1.2)
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 * @param guidance scale of the teacher's guidance, 1 for none (default 1)
 * @param fakeGuidance scale of the fake score network's where the student is judged, any number; 0 is without label (default 1)
 * @param fakeTrainingGuidance scale at which the fake score network learns, any number (default 1)
 * @param distance of the scores: square, or pseudo-huber, which is score implicit matching in a form that was not checked
 *     (default square)
 * @param huber h of the pseudo-Huber distance, above 0 (default 0.1)
 */
public record Sid(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        double share,
        double alpha,
        int ratio,
        OptimizerSettings fake,
        double guidance,
        double fakeGuidance,
        double fakeTrainingGuidance,
        ScoreDistance distance,
        double huber)
        implements ScoreMethod {
    private static final double FACTOR = 100;

    /** Distance of the two scores. */
    public enum ScoreDistance {
        /** its square, SiD */
        SQUARE,
        /** (|y|^2 + h^2)^(1/2) - h */
        PSEUDO_HUBER
    }

    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("sigma-data", 0.5),
                Map.entry("levels", List.of(2.5)),
                Map.entry("table", LevelTable.DEFAULT),
                Map.entry("share", 0.8),
                Map.entry("alpha", 1.2),
                Map.entry("ratio", 1),
                Map.entry("fake", OptimizerSettings.DEFAULT),
                Map.entry("guidance", 1.0),
                Map.entry("fake-guidance", 1.0),
                Map.entry("fake-training-guidance", 1.0),
                Map.entry("distance", ScoreDistance.SQUARE),
                Map.entry("huber", 0.1));
    }

    public Sid {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.positive("share", share);
        SettingsChecks.within("share", share, 0.0, 1.0);
        SettingsChecks.finite("alpha", alpha);
        SettingsChecks.within("ratio", ratio, 1, 1000);
        SettingsChecks.finite("guidance", guidance);
        SettingsChecks.finite("fake-guidance", fakeGuidance);
        SettingsChecks.finite("fake-training-guidance", fakeTrainingGuidance);
        SettingsChecks.positive("huber", huber);
    }

    @Override
    public double widest() {
        return widest(alpha);
    }

    /**
     * Spread in those of the data beyond which a student is driven out at low noise: s / S with g_F = g_T + (1 - g_T) / alpha as the
     * noise goes to 0, see {@link org.fewstep.loss.AffineGaussian#drivenOut}.
     */
    static double widest(double alpha) {
        return alpha <= 1 ? 3 : Math.min(3, 1 / Math.sqrt(1 - 1 / alpha));
    }

    private ScoreIdentity identity() {
        return distance == ScoreDistance.SQUARE
                ? new ScoreIdentity(alpha)
                : new ScoreIdentity(alpha, FACTOR, false, huber);
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                new KarrasTimes(table.grid(), share),
                identity(),
                guidance,
                new FakeOpponent(
                        parametrisation(),
                        ratio,
                        fake,
                        new LogNormalTimes(ScoreDistiller.LEVELS),
                        true,
                        null,
                        null,
                        fakeTrainingGuidance),
                null,
                null,
                fakeGuidance,
                null);
    }
}
