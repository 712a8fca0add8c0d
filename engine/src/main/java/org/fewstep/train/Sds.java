package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.Surrogate;

/**
 * {@link org.fewstep.loss.Sds} of a generator, on the circle cos(t) x + sin(t) n. It seeks modes: all that the student makes ends in
 * one place, whatever its noise. It is here to be compared with.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param table noise levels
 * @param weight variance, uniform, scaled-variance or denoiser (default variance)
 * @param guidance scale of the teacher's guidance, 1 for none; published 100 for text, counted as s of p(c) + s (p(c) - p())
 *     there, 101 here (default 1)
 */
public record Sds(
        double sigmaData, List<Double> levels, LevelTable table, org.fewstep.loss.Sds.Weight weight, double guidance)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0),
                "table",
                LevelTable.DEFAULT,
                "weight",
                org.fewstep.loss.Sds.Weight.VARIANCE,
                "guidance",
                1.0);
    }

    public Sds {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.finite("guidance", guidance);
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.CIRCLE,
                table.middle(ScoreDistiller.CIRCLE),
                new GradientTerm(new org.fewstep.loss.Sds(weight), Surrogate.SQUARED_NORM),
                guidance,
                null,
                null,
                null);
    }
}
