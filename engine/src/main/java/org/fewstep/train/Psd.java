package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.Loss;
import org.fewstep.loss.MidTime;
import org.fewstep.loss.SelfDistillation;
import org.fewstep.model.Network;

/**
 * Progressive self-distillation: {@link SelfDistillation} by {@link org.fewstep.loss.SemigroupMatching}.
 *
 * @param mid where a step is split: midpoint, or uniform (default midpoint)
 * @param diagonalShare share of the batch that learns the velocity, 0 to 1 (default 0.75)
 * @param directions one, from noise to data, or both (default one)
 * @param mu rate of the average of the student that makes the other side, in [0, 1); 0 for the student itself (default 0)
 * @param adaptive whether a weight of the two times is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Psd(
        MidTime mid, double diagonalShare, Directions directions, double mu, boolean adaptive, double labelDrop)
        implements SelfDistillationSettings {
    static Map<String, Object> defaults() {
        return SelfDistillationSettings.defaults(Map.of("mid", MidTime.MIDPOINT));
    }

    public Psd {
        SelfDistillationSettings.check(diagonalShare, mu, labelDrop);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return SelfDistillationSettings.of(SelfDistillation.progressive(config(roles), mid), roles);
    }
}
