package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.Surrogate;

/**
 * {@link org.fewstep.loss.Vsd} of a generator, on the circle cos(t) x + sin(t) n, whose noise is at most 1 as in the published
 * variance-preserving models; Karras's levels in place of their steps. The fake score network is a copy of the teacher, not a
 * low-rank change of it.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param table noise levels
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 * @param guidance scale of the teacher's guidance, 1 for none; published 7.5 for text (default 1)
 */
public record Vsd(
        double sigmaData, List<Double> levels, LevelTable table, int ratio, OptimizerSettings fake, double guidance)
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
                1,
                "fake",
                OptimizerSettings.DEFAULT,
                "guidance",
                1.0);
    }

    public Vsd {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.within("ratio", ratio, 1, 1000);
        SettingsChecks.finite("guidance", guidance);
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.CIRCLE,
                table.middle(ScoreDistiller.CIRCLE),
                new GradientTerm(new org.fewstep.loss.Vsd(), Surrogate.SQUARED_NORM),
                guidance,
                new FakeOpponent(parametrisation(), ratio, fake, table.all(ScoreDistiller.LEVELS), false, null, null),
                null,
                null);
    }
}
