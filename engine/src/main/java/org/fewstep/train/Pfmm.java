package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.MapLoss;
import org.fewstep.loss.MapUncertainty;
import org.fewstep.loss.MidTime;
import org.fewstep.loss.SemigroupMatching;
import org.fewstep.loss.SemigroupMatching.Space;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.Init;
import org.fewstep.model.MapVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * Progressive flow map matching: {@link SemigroupMatching} of the recipe's teacher, a flow map, whose two steps become one.
 *
 * @param mid where a step is split: midpoint, or uniform (default midpoint)
 * @param space in what the two ways are compared: state, or velocity, without the factor (t - s)^2 (default state)
 * @param directions one, from noise to data, or both, for a teacher of both (default one)
 * @param adaptive whether a weight of the two times is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Pfmm(MidTime mid, Space space, Directions directions, boolean adaptive, double labelDrop)
        implements MethodSettings {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ZERO;

    static Map<String, Object> defaults() {
        return Map.of(
                "mid",
                MidTime.MIDPOINT,
                "space",
                Space.STATE,
                "directions",
                Directions.ONE,
                "adaptive",
                false,
                "label-drop",
                0.1);
    }

    public Pfmm {
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
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
    public boolean taught() {
        return true;
    }

    @Override
    public boolean mapTeacher() {
        return true;
    }

    @Override
    public boolean invertible() {
        return directions == Directions.BOTH;
    }

    /** The learned weight of pairs of times, or null. */
    @Override
    public @Nullable MapVarianceHead logVariance(Init init) {
        return adaptive ? new MapVarianceHead(init) : null;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        double drop = roles.classes() == 0 ? 0 : labelDrop;
        MapLoss.Config config = new MapLoss.Config(PATH, directions.of(PATH), drop, roles.classes());
        FlowMapNet teacher = roles.requireTeacher().map();
        MapUncertainty weight = MapWeight.of(roles);
        return StudentLoss.of(
                new SemigroupMatching(config, mid, space),
                (student, dropping) -> new SemigroupMatching.Nets(student, teacher, weight));
    }
}
