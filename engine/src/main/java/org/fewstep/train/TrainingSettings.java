package org.fewstep.train;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.DType;

/**
 * Length and bookkeeping of a run.
 *
 * @param batch samples a step, at least 1 (default 256)
 * @param steps optimizer steps, at least 1 (default 5000)
 * @param seed of everything random in the run (default 0)
 * @param ema decays of the averages kept, each in [0, 1); the first is the one sampled from (default [0.999])
 * @param emaWarmUp whether the decay of update n is at most (1 + n) / (10 + n) (default true)
 * @param dtype f32 or f64 (default f32)
 * @param logEvery steps between rows of the metrics, at least 1 (default 50)
 * @param checkpointEvery steps between checkpoints, at least 1 (default 1000)
 * @param replay whether steps are recorded once and replayed where the method allows it; same bits, less time (default
 *     true)
 */
public record TrainingSettings(
        int batch,
        int steps,
        long seed,
        List<Double> ema,
        boolean emaWarmUp,
        DType dtype,
        int logEvery,
        int checkpointEvery,
        boolean replay) {
    /** The defaults. */
    public static final TrainingSettings DEFAULT =
            new TrainingSettings(256, 5000, 0, List.of(0.999), true, DType.F32, 50, 1000, true);

    static Map<String, Object> defaults() {
        return org.fewstep.io.Settings.toMap(DEFAULT);
    }

    public TrainingSettings {
        ema = List.copyOf(ema);
        SettingsChecks.atLeast("batch", batch, 1);
        SettingsChecks.atLeast("steps", steps, 1);
        for (int i = 0; i < ema.size(); i++) {
            if (!(ema.get(i) >= 0 && ema.get(i) < 1)) {
                throw new SettingsException("ema[" + i + "]", ema.get(i).toString(), "at least 0 and below 1", "");
            }
        }
        if (new HashSet<>(ema).size() != ema.size()) {
            throw new SettingsException("ema", ema.toString(), "each decay once", "");
        }
        if (!dtype.floating()) {
            throw new SettingsException("dtype", "i32", "f32 or f64", "");
        }
        SettingsChecks.atLeast("log-every", logEvery, 1);
        SettingsChecks.atLeast("checkpoint-every", checkpointEvery, 1);
    }
}
