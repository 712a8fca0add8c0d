package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.InductiveMomentMatching;
import org.fewstep.loss.LaplaceKernel;
import org.fewstep.loss.Loss;
import org.fewstep.loss.SnrSigmoidWeight;
import org.fewstep.model.ImmScaling;
import org.fewstep.model.MomentMap;
import org.fewstep.model.MomentMapConfig;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.NestedUniformPairs;
import org.fewstep.path.Path;

/**
 * {@link InductiveMomentMatching} on a path with noise at 1, whose standard deviation is 1, by a network of the average velocity or
 * in one of the published forms ({@link MomentMapConfig}). Whether the network sees s or t - s beside t is {@code network.pair}.
 *
 * @param form how the network becomes the map: average-velocity, identity (it predicts data), simple-edm or euler (default
 *     average-velocity)
 * @param schedule linear, or cosine for identity and simple-edm (default linear)
 * @param timeScale factor of the times that the network gets, for the published forms, above 0; 1000 as published, for features of such
 *     times (default 1)
 * @param particles M of a group, at least 1; it divides the batch (default 4)
 * @param k the levels sigma / alpha from first to last time are 2^k steps from t to r long, 0 to 40 (default 12)
 * @param a power of alpha in the weight (default 1)
 * @param b shift of the log-SNR in the weight (default 5)
 * @param timeFrom eps, least time (default 0)
 * @param timeTo T, greatest time, below 1 (default 0.994)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Imm(
        ImmScaling.Form form,
        MomentMapConfig.Schedule schedule,
        double timeScale,
        int particles,
        int k,
        double a,
        double b,
        double timeFrom,
        double timeTo,
        double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "form",
                ImmScaling.Form.AVERAGE_VELOCITY,
                "schedule",
                MomentMapConfig.Schedule.LINEAR,
                "time-scale",
                1.0,
                "particles",
                4,
                "k",
                12,
                "a",
                1.0,
                "b",
                5.0,
                "time-from",
                0.0,
                "time-to",
                0.994,
                "label-drop",
                0.1);
    }

    public Imm {
        boolean velocity = form == ImmScaling.Form.AVERAGE_VELOCITY;
        if (schedule != MomentMapConfig.Schedule.LINEAR && (velocity || form == ImmScaling.Form.EULER)) {
            throw new SettingsException(
                    "schedule", "cosine for the form " + form, "linear", "or the form identity or simple-edm");
        }
        SettingsChecks.positive("time-scale", timeScale);
        if (velocity && timeScale != 1) {
            throw new SettingsException(
                    "time-scale", timeScale + " for the average velocity", "1", "or one of the published forms");
        }
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
        return schedule.path();
    }

    @Override
    public int times() {
        return 2;
    }

    private boolean plain() {
        return form == ImmScaling.Form.AVERAGE_VELOCITY;
    }

    @Override
    public NetworkConfig structure(NetworkConfig network) {
        return plain() ? network : new MomentMapConfig(network, form, schedule, timeScale);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Path path = path();
        ImmScaling scaling = new ImmScaling(path, form, ImmScaling.SecondTime.END, 1, timeScale);
        return StudentLoss.of(
                new InductiveMomentMatching(new InductiveMomentMatching.Config(
                        scaling,
                        new NestedUniformPairs(timeFrom, timeTo),
                        EtaDecrement.ofRange(
                                path.at(timeFrom).rho(), path.at(timeTo).rho(), k),
                        particles,
                        LaplaceKernel.DEFAULT,
                        new SnrSigmoidWeight(a, b),
                        roles.classes() == 0 ? 0 : labelDrop,
                        roles.classes())),
                (student, dropping) -> plain() ? student : inner(student));
    }

    /** G of the student, which the loss scales itself. */
    private static StudentLoss.Student inner(StudentLoss.Student student) {
        if (student.network() instanceof MomentMap map) {
            return new StudentLoss.Student(map.inner(), student.dropout());
        }
        throw new IllegalStateException("imm: got " + student.network().config() + "; expected a moment map");
    }
}
