package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.LagrangianMatching.Stop;
import org.fewstep.loss.Loss;
import org.fewstep.loss.SelfDistillation;
import org.fewstep.model.Network;

/**
 * Lagrangian self-distillation: {@link SelfDistillation} by {@link org.fewstep.loss.LagrangianMatching}.
 *
 * @param stop convex: velocity and landing point are constants; or none (default convex)
 * @param diagonalShare share of the batch that learns the velocity, 0 to 1 (default 0.75)
 * @param directions one, from noise to data, or both (default one)
 * @param mu rate of the average of the student that makes the other side, in [0, 1); 0 for the student itself (default 0)
 * @param adaptive whether a weight of the two times is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Lsd(Stop stop, double diagonalShare, Directions directions, double mu, boolean adaptive, double labelDrop)
        implements SelfDistillationSettings {
    static Map<String, Object> defaults() {
        return SelfDistillationSettings.defaults(Map.of("stop", Stop.CONVEX));
    }

    public Lsd {
        SelfDistillationSettings.check(diagonalShare, mu, labelDrop);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return SelfDistillationSettings.of(SelfDistillation.lagrangian(config(roles), stop), roles);
    }
}
