package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.InductiveMomentMatching;
import org.fewstep.loss.LaplaceKernel;
import org.fewstep.loss.Loss;
import org.fewstep.loss.SnrSigmoidWeight;
import org.fewstep.model.ImmScaling;
import org.fewstep.model.Network;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NestedUniformPairs;
import org.fewstep.path.Path;

/**
 * {@link InductiveMomentMatching} of an average velocity on the linear path with noise at 1, whose standard deviation is 1.
 *
 * @param particles M of a group, at least 1; it divides the batch (default 4)
 * @param k the levels sigma / alpha from first to last time are 2^k steps from t to r long, 0 to 40 (default 12)
 * @param a power of alpha in the weight (default 1)
 * @param b shift of the log-SNR in the weight (default 5)
 * @param timeFrom eps, least time (default 0)
 * @param timeTo T, greatest time, below 1 (default 0.994)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Imm(int particles, int k, double a, double b, double timeFrom, double timeTo, double labelDrop)
        implements MethodSettings {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    static Map<String, Object> defaults() {
        return Map.of(
                "particles", 4, "k", 12, "a", 1.0, "b", 5.0, "time-from", 0.0, "time-to", 0.994, "label-drop", 0.1);
    }

    public Imm {
        SettingsChecks.within("particles", particles, 1, 1_000_000);
        SettingsChecks.within("k", k, 0, 40);
        SettingsChecks.finite("a", a);
        SettingsChecks.finite("b", b);
        SettingsChecks.within("time-from", timeFrom, 0.0, 1.0);
        if (!(timeFrom < timeTo && timeTo < 1)) {
            throw new SettingsException(
                    "time-to", Double.toString(timeTo), "above time-from " + timeFrom + " and below 1", "");
        }
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public void requireBatch(int batch) {
        if (batch % particles != 0) {
            throw new SettingsException(
                    "training.batch",
                    batch + " for groups of " + particles + " particles",
                    "a multiple of method.particles",
                    "");
        }
    }

    @Override
    public Path path() {
        return PATH;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return StudentLoss.of(new InductiveMomentMatching(new InductiveMomentMatching.Config(
                ImmScaling.averageVelocity(PATH, 1),
                new NestedUniformPairs(timeFrom, timeTo),
                EtaDecrement.ofRange(PATH.at(timeFrom).rho(), PATH.at(timeTo).rho(), k),
                particles,
                LaplaceKernel.DEFAULT,
                new SnrSigmoidWeight(a, b),
                roles.classes() == 0 ? 0 : labelDrop,
                roles.classes())));
    }
}
