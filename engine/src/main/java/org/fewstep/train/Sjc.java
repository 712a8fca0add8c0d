package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.Surrogate;

/**
 * {@link org.fewstep.loss.Sjc} of a generator, which seeks modes as {@link Sds} does.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param table noise levels
 * @param reduced whether the gradient of less variance is taken (default true)
 * @param guidance scale of the teacher's guidance, 1 for none; published 100 for text, 101 as it is counted here (default 1)
 */
public record Sjc(double sigmaData, List<Double> levels, LevelTable table, boolean reduced, double guidance)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0),
                "table",
                LevelTable.DEFAULT,
                "reduced",
                true,
                "guidance",
                1.0);
    }

    public Sjc {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.finite("guidance", guidance);
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                table.middle(ScoreDistiller.LEVELS),
                new GradientTerm(new org.fewstep.loss.Sjc(reduced), Surrogate.SQUARED_NORM),
                guidance,
                null,
                null,
                null);
    }
}
