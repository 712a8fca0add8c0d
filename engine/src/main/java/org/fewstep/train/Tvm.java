package org.fewstep.train;

import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TerminalVelocity;
import org.fewstep.loss.TerminalVelocity.Nets;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.path.GapPairs;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@link TerminalVelocity} matching, of data alone.
 *
 * @param omega guidance scale that the map is trained with, at least 1; 1 is none, and needs no classes (default 1)
 * @param gapMean mean of the logit of t - r (default -0.8)
 * @param gapStd standard deviation of the same, above 0 (default 1)
 * @param timeMean mean of the logit of the end r, and of the velocity's time (default -0.4)
 * @param timeStd standard deviation of the same, above 0 (default 1)
 * @param mu rate of the average of the student whose velocity is the target, in [0, 1); 0 for the student itself (default 0.99)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Tvm(
        double omega, double gapMean, double gapStd, double timeMean, double timeStd, double mu, double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "omega",
                1.0,
                "gap-mean",
                -0.8,
                "gap-std",
                1.0,
                "time-mean",
                -0.4,
                "time-std",
                1.0,
                "mu",
                0.99,
                "label-drop",
                0.1);
    }

    public Tvm {
        SettingsChecks.within("omega", omega, 1.0, 1000.0);
        SettingsChecks.finite("gap-mean", gapMean);
        SettingsChecks.positive("gap-std", gapStd);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        LevelChecks.rate("mu", mu);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return LinearPath.NOISE_AT_ONE;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public @Nullable LongToDoubleFunction targetRate(long steps) {
        return mu == 0 ? null : step -> mu;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        if (omega != 1 && roles.classes() == 0) {
            throw new SettingsException(
                    "method.omega", omega + " for data without classes", "1", "guidance needs labels");
        }
        LogitNormalTimes times = new LogitNormalTimes(timeMean, timeStd);
        FlowNetwork average = roles.target();
        return StudentLoss.of(
                new TerminalVelocity(new TerminalVelocity.Config(
                        new GapPairs(new LogitNormalTimes(gapMean, gapStd), times),
                        times,
                        omega,
                        roles.classes() == 0 ? 0 : labelDrop,
                        roles.classes())),
                (student, dropping) -> new Nets(student, average == null ? student : dropping.of(average)));
    }
}
