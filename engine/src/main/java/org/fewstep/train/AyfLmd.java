package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.AlignYourFlowLmd;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.jspecify.annotations.Nullable;

/**
 * {@link AlignYourFlowLmd} of the recipe's teacher.
 *
 * @param spanMean mean of the logit of t - s (default -0.8)
 * @param spanStd standard deviation of the logit, above 0 (default 1)
 * @param guidanceLeast least scale of the teacher's guidance, 1 is none (default 1)
 * @param guidanceMost greatest scale, at least the least; where above it, the network must take the scale (default 1)
 * @param weak file of a smaller or less trained flow that the teacher is guided away from (autoguidance), in place of its null
 *     label (default absent)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record AyfLmd(
        double spanMean,
        double spanStd,
        double guidanceLeast,
        double guidanceMost,
        @Nullable String weak,
        double labelDrop)
        implements AlignYourFlowSettings {
    static Map<String, Object> defaults() {
        return AlignYourFlowSettings.defaults(Map.of());
    }

    public AyfLmd {
        AlignYourFlowSettings.check(spanMean, spanStd, guidanceLeast, guidanceMost, weak, labelDrop);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        AlignYourFlowLmd.Config config =
                new AlignYourFlowLmd.Config(spans(), guidanceLeast, guidanceMost, 0, 1, drop(roles), roles.classes());
        return AlignYourFlowSettings.of(new AlignYourFlowLmd(config), guided(roles));
    }
}
