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
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [2.5])
 * @param table noise levels
 * @param share of the table in sigma^(1/7), from the least level on, at which the student is judged, above 0 to 1 (default 0.8)
 * @param alpha weight of the squared difference of the scores; above 1 a student that is too wide runs away (default 1.2)
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 */
public record Sid(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        double share,
        double alpha,
        int ratio,
        OptimizerSettings fake)
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
                1.2,
                "ratio",
                1,
                "fake",
                OptimizerSettings.DEFAULT);
    }

    public Sid {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.positive("share", share);
        SettingsChecks.within("share", share, 0.0, 1.0);
        SettingsChecks.finite("alpha", alpha);
        SettingsChecks.within("ratio", ratio, 1, 1000);
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

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                new KarrasTimes(table.grid(), share),
                new ScoreIdentity(alpha),
                new FakeOpponent(
                        parametrisation(), ratio, fake, new LogNormalTimes(ScoreDistiller.LEVELS), true, null, null));
    }
}
