package org.fewstep.train;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.MapLoss;
import org.fewstep.loss.MapUncertainty;
import org.fewstep.loss.SelfDistillation;
import org.fewstep.loss.SelfDistillation.Nets;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.MapVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.UniformTimes;
import org.jspecify.annotations.Nullable;

/** What the losses of self-distillation share; the components are theirs. */
sealed interface SelfDistillationSettings extends MethodSettings permits Lsd, Esd, Psd {
    /** Noise at 0, as in the paper. */
    LinearPath PATH = LinearPath.NOISE_AT_ZERO;

    /** The defaults with those of one method. */
    static Map<String, Object> defaults(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(Map.of(
                "diagonal-share", 0.75, "directions", Directions.ONE, "mu", 0.0, "adaptive", false, "label-drop", 0.1));
        return all;
    }

    static void check(double diagonalShare, double mu, double labelDrop) {
        SettingsChecks.within("diagonal-share", diagonalShare, 0.0, 1.0);
        LevelChecks.rate("mu", mu);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    double diagonalShare();

    Directions directions();

    double mu();

    boolean adaptive();

    double labelDrop();

    @Override
    default LinearPath path() {
        return PATH;
    }

    @Override
    default int times() {
        return 2;
    }

    @Override
    default boolean invertible() {
        return directions() == Directions.BOTH;
    }

    /** Rate of the average that makes the other side of the equation; null where it is the student. */
    @Override
    default @Nullable LongToDoubleFunction targetRate(long steps) {
        return mu() == 0 ? null : step -> mu();
    }

    /** The learned weight of pairs of times, or null. */
    @Override
    default @Nullable MapVarianceHead logVariance(Init init) {
        return adaptive() ? new MapVarianceHead(init) : null;
    }

    /** Path, times and labels of a run. */
    default SelfDistillation.Config config(Roles roles) {
        MapLoss.Config pairs = new MapLoss.Config(
                PATH, directions().of(PATH), roles.classes() == 0 ? 0 : labelDrop(), roles.classes());
        return new SelfDistillation.Config(pairs, UniformTimes.UNIT, diagonalShare());
    }

    /** The loss with the networks of a run. */
    static Loss<Network, ?> of(SelfDistillation loss, Roles roles) {
        MapUncertainty weight = MapWeight.of(roles);
        FlowNetwork average = roles.target();
        return StudentLoss.of(
                loss,
                (student, dropping) -> new Nets(student, average == null ? student : dropping.of(average), weight));
    }
}
