package org.fewstep.train;

import java.util.HashMap;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.MapDraw;
import org.fewstep.loss.MapLoss;
import org.fewstep.loss.MapStudent;
import org.fewstep.loss.MapUncertainty;
import org.fewstep.model.Init;
import org.fewstep.model.MapVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.LinearPath;
import org.jspecify.annotations.Nullable;

/** What the distillations of a teacher's velocity into a flow map share; the components are theirs. */
sealed interface MapDistillationSettings extends MethodSettings permits Emd, Lmd {
    /** Noise at 0, as in the paper. */
    LinearPath PATH = LinearPath.NOISE_AT_ZERO;

    /** The defaults with those of one method. */
    static Map<String, Object> defaults(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(Map.of("directions", Directions.ONE, "adaptive", false, "label-drop", 0.1));
        return all;
    }

    static void check(double labelDrop) {
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    Directions directions();

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

    @Override
    default boolean taught() {
        return true;
    }

    /** The learned weight of pairs of times, or null. */
    @Override
    default @Nullable MapVarianceHead logVariance(Init init) {
        return adaptive() ? new MapVarianceHead(init) : null;
    }

    /** Path, times and labels of a run. */
    default MapLoss.Config config(Roles roles) {
        return new MapLoss.Config(PATH, directions().of(PATH), roles.classes() == 0 ? 0 : labelDrop(), roles.classes());
    }

    /** The loss with the networks of a run. */
    static Loss<Network, ?> of(Loss<MapStudent, MapDraw> loss, Roles roles) {
        VelocityNet teacher = roles.requireTeacher().velocity(PATH);
        MapUncertainty weight = MapWeight.of(roles);
        return StudentLoss.of(loss, (student, dropping) -> new MapStudent(student, teacher, weight));
    }
}
