package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;

/**
 * How a run's samples are watched by {@link SampleWatch}.
 *
 * @param every steps of training between measurements, at least 1; the last step is measured too (default 250)
 * @param samples generated and real ones that are compared, at least 2 (default 2000)
 * @param steps of sampling, at least 1 (default 1)
 */
public record WatchSettings(int every, int samples, int steps) {
    static Map<String, Object> defaults() {
        return Map.of("every", 250, "samples", 2000, "steps", 1);
    }

    public WatchSettings {
        SettingsChecks.atLeast("every", every, 1);
        SettingsChecks.within("samples", samples, 2, 1_000_000);
        SettingsChecks.within("steps", steps, 1, 1_000_000);
    }
}
