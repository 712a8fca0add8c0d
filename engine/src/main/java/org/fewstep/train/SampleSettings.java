package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.sample.SolverChoice;

/**
 * What to generate when the run is over, and how.
 *
 * @param steps step counts to show, each at least 1 (default [1, 2, 4, 50])
 * @param rows rows of a picture, at least 1 (default 8)
 * @param columns columns of a picture, at least 1 (default 8)
 * @param classes classes to show; empty for all in turn (default [])
 * @param seed of the noise (default 0)
 * @param solver how to step (default auto)
 * @param guidance scale of classifier-free guidance, 1 for none (default 1)
 */
public record SampleSettings(
        List<Integer> steps,
        int rows,
        int columns,
        List<Integer> classes,
        long seed,
        SolverChoice solver,
        double guidance) {
    /** The defaults. */
    public static final SampleSettings DEFAULT =
            new SampleSettings(List.of(1, 2, 4, 50), 8, 8, List.of(), 0, SolverChoice.AUTO, 1);

    static Map<String, Object> defaults() {
        return org.fewstep.io.Settings.toMap(DEFAULT);
    }

    public SampleSettings {
        steps = List.copyOf(steps);
        classes = List.copyOf(classes);
        if (steps.isEmpty()) {
            throw new SettingsException("steps", "an empty list", "at least one number of steps", "");
        }
        for (int i = 0; i < steps.size(); i++) {
            SettingsChecks.atLeast("steps[" + i + "]", steps.get(i), 1);
        }
        SettingsChecks.atLeast("rows", rows, 1);
        SettingsChecks.atLeast("columns", columns, 1);
        for (int i = 0; i < classes.size(); i++) {
            SettingsChecks.atLeast("classes[" + i + "]", classes.get(i), 0);
        }
        SettingsChecks.finite("guidance", guidance);
    }
}
