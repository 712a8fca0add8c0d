package org.fewstep.train;

import java.util.List;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.model.Parametrisation;

/** Checks that the methods of noise levels share. */
final class LevelChecks {
    private LevelChecks() {}

    /** sigma-data above 0, 0 &lt; sigma-min &lt; the highest level. */
    static void range(double sigmaData, double sigmaMin) {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.positive("sigma-min", sigmaMin);
        if (sigmaMin >= Parametrisation.HIGHEST) {
            throw new SettingsException(
                    "sigma-min", Double.toString(sigmaMin), "below the highest level, " + Parametrisation.HIGHEST, "");
        }
    }

    /** sigma-data above 0, the levels of a generator falling, each above 0. */
    static void generator(double sigmaData, List<Double> levels) {
        SettingsChecks.positive("sigma-data", sigmaData);
        double above = Double.POSITIVE_INFINITY;
        for (double level : levels) {
            if (!(level > 0 && level < above)) {
                throw new SettingsException(
                        "levels", levels.toString(), "levels above 0, each below the one before", "");
            }
            above = level;
        }
        if (levels.isEmpty()) {
            throw new SettingsException("levels", "none", "at least one level", "a student of one step has one");
        }
    }

    /** A rate of an average, in [0, 1). */
    static void rate(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new SettingsException(key, Double.toString(value), "at least 0 and below 1", "");
        }
    }

    /** A range of guidance scales w, at least 0. */
    static void guidance(double least, double most) {
        SettingsChecks.notNegative("w-least", least);
        if (!(most >= least) || Double.isInfinite(most)) {
            throw new SettingsException("w-most", Double.toString(most), "a finite number from w-least, " + least, "");
        }
    }

    /** Numbers of levels, 1 &lt;= s0 &lt;= s1. */
    static void scales(int s0, int s1) {
        SettingsChecks.within("s0", s0, 1, 1_000_000);
        SettingsChecks.within("s1", s1, s0, 1_000_000);
    }
}
