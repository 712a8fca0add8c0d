package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.StepTimes;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TruncatedTimes;
import org.fewstep.path.UniformTimes;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.Reflow}: rectified flow on stored pairs, on the linear path with noise at 0. Its own pairs, made with
 * the trained student, give the next round.
 *
 * @param timeFrom least time, at least 0 and below 1 (default 0.001)
 * @param distilSteps number of steps k that the flow is distilled for, at least 1: t is one of those that the k steps begin at;
 *     absent for uniform times
 */
public record Reflow(double timeFrom, @Nullable Integer distilSteps) implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of("time-from", 0.001);
    }

    public Reflow {
        if (!(timeFrom >= 0 && timeFrom < 1)) {
            throw new SettingsException("time-from", Double.toString(timeFrom), "at least 0 and below 1", "");
        }
        if (distilSteps != null) {
            SettingsChecks.within("distil-steps", distilSteps, 1, 1_000_000);
        }
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public boolean paired() {
        return true;
    }

    @Override
    public Path path() {
        return LinearPath.NOISE_AT_ZERO;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return StudentLoss.of(new org.fewstep.loss.Reflow(path(), timeSampler(), roles.classes()));
    }

    /** The law of t. */
    TimeSampler timeSampler() {
        if (distilSteps != null) {
            return new StepTimes(distilSteps, timeFrom);
        }
        return timeFrom == 0 ? UniformTimes.UNIT : new TruncatedTimes(UniformTimes.UNIT, timeFrom, 1);
    }
}
