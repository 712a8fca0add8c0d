package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.LagrangianMatching;
import org.fewstep.loss.LagrangianMatching.Stop;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;

/**
 * Lagrangian map distillation: {@link LagrangianMatching} against the velocity of the recipe's teacher.
 *
 * @param stop none: the gradient flows through the point where the velocity is asked; or convex (default none)
 * @param directions one, from noise to data, or both (default one)
 * @param adaptive whether a weight of the two times is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Lmd(Stop stop, Directions directions, boolean adaptive, double labelDrop)
        implements MapDistillationSettings {
    static Map<String, Object> defaults() {
        return MapDistillationSettings.defaults(Map.of("stop", Stop.NONE));
    }

    public Lmd {
        MapDistillationSettings.check(labelDrop);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return MapDistillationSettings.of(new LagrangianMatching(config(roles), stop), roles);
    }
}
