package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.Surrogate;
import org.fewstep.path.LogNormalTimes;

/**
 * {@link org.fewstep.loss.DiffInstruct}: the difference of the two denoised samples as a gradient, without a weight, at EDM's
 * log-normal levels. Published: one update of the fake score network a step.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step (default [80])
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 */
public record DiffInstruct(double sigmaData, List<Double> levels, int ratio, OptimizerSettings fake)
        implements ScoreMethod {
    static Map<String, Object> defaults() {
        return Map.of("sigma-data", 0.5, "levels", List.of(80.0), "ratio", 1, "fake", OptimizerSettings.DEFAULT);
    }

    public DiffInstruct {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.within("ratio", ratio, 1, 1000);
    }

    @Override
    public ScoreDistiller distiller() {
        LogNormalTimes times = new LogNormalTimes(ScoreDistiller.LEVELS);
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                times,
                new GradientTerm(new org.fewstep.loss.DiffInstruct(), Surrogate.PRODUCT),
                new FakeOpponent(parametrisation(), ratio, fake, times, false, null, null));
    }
}
