package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.EulerianMatching;
import org.fewstep.loss.EulerianMatching.Stop;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;

/**
 * Eulerian map distillation: {@link EulerianMatching} against the velocity of the recipe's teacher.
 *
 * @param stop none or convex, alike for a frozen teacher; full, or target: all but u is a constant (default convex)
 * @param directions one, from noise to data, or both (default one)
 * @param adaptive whether a weight of the two times is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Emd(Stop stop, Directions directions, boolean adaptive, double labelDrop)
        implements MapDistillationSettings {
    static Map<String, Object> defaults() {
        return MapDistillationSettings.defaults(Map.of("stop", Stop.CONVEX));
    }

    public Emd {
        MapDistillationSettings.check(labelDrop);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return MapDistillationSettings.of(new EulerianMatching(config(roles), stop), roles);
    }
}
