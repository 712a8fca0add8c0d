package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.jspecify.annotations.Nullable;

/**
 * How parameters follow their gradients.
 *
 * @param kind update rule (default adamw)
 * @param lr learning rate after warm-up, above 0 (default 0.001)
 * @param betas decay of first and second moment, each in [0, 1) (default [0.9, 0.999])
 * @param eps added to the root of the second moment, above 0 (default 1e-8)
 * @param weightDecay decoupled weight decay, at least 0 (default 0)
 * @param schedule of the learning rate (default constant)
 * @param warmUp steps of linear warm-up, at least 0 (default 0)
 * @param finalFactor last learning rate of the cosine and linear schedules as a part of lr, 0 to 1 (default 0)
 * @param fall last part of the run in which the linear schedule falls, above 0, at most 1 (default 0.3)
 * @param clip greatest norm of all gradients together, above 0; absent for none
 */
public record OptimizerSettings(
        Kind kind,
        double lr,
        List<Double> betas,
        double eps,
        double weightDecay,
        LrSchedule.Kind schedule,
        int warmUp,
        double finalFactor,
        double fall,
        @Nullable Double clip) {
    /** The update rules. */
    public enum Kind {
        /** {@link org.fewstep.train.AdamW} */
        ADAMW,
        /** {@link org.fewstep.train.RAdam} */
        RADAM
    }

    /** The defaults. */
    public static final OptimizerSettings DEFAULT = new OptimizerSettings(
            Kind.ADAMW, 1e-3, List.of(0.9, 0.999), 1e-8, 0, LrSchedule.Kind.CONSTANT, 0, 0, 0.3, null);

    static Map<String, Object> defaults() {
        return org.fewstep.io.Settings.toMap(DEFAULT);
    }

    public OptimizerSettings {
        betas = List.copyOf(betas);
        SettingsChecks.positive("lr", lr);
        if (betas.size() != 2) {
            throw new SettingsException("betas", betas.size() + " numbers", "two", "write [0.9, 0.999]");
        }
        for (int i = 0; i < 2; i++) {
            if (!(betas.get(i) >= 0 && betas.get(i) < 1)) {
                throw new SettingsException("betas[" + i + "]", betas.get(i).toString(), "at least 0 and below 1", "");
            }
        }
        SettingsChecks.positive("eps", eps);
        SettingsChecks.notNegative("weight-decay", weightDecay);
        SettingsChecks.atLeast("warm-up", warmUp, 0);
        SettingsChecks.within("final-factor", finalFactor, 0.0, 1.0);
        SettingsChecks.positive("fall", fall);
        SettingsChecks.within("fall", fall, 0.0, 1.0);
        if (clip != null) {
            SettingsChecks.positive("clip", clip);
        }
    }
}
