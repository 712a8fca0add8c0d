package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.AdversarialAlignYourFlow;
import org.fewstep.loss.AlignYourFlow;
import org.fewstep.loss.AlignYourFlowEmd;
import org.fewstep.loss.AlignYourFlowEmd.Space;
import org.fewstep.loss.GuidedTeacher;
import org.fewstep.loss.Loss;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Network;
import org.jspecify.annotations.Nullable;

/**
 * {@link AlignYourFlowEmd} of the recipe's teacher.
 *
 * @param warmUpSteps steps over which the derivative comes in, at least 0 (default 10000)
 * @param warmUpTo share of the derivative after them, 0 to 1 (default 0.99)
 * @param bound how the tangent is made small: normalised or clipped to [-1, 1] (default normalised)
 * @param c of the tangent's normalisation, above 0 (default 0.1)
 * @param space velocity, or map: without the weight 1 / |t - s| (default velocity)
 * @param spanMean mean of the logit of t - s (default -0.8)
 * @param spanStd standard deviation of the logit, above 0 (default 1)
 * @param guidanceLeast least scale of the teacher's guidance, 1 is none (default 1)
 * @param guidanceMost greatest scale, at least the least; where above it, the network must take the scale (default 1)
 * @param weak file of a smaller or less trained flow that the teacher is guided away from (autoguidance), in place of its null
 *     label (default absent)
 * @param adversarial discriminator of clean data and adversarial term, for fine-tuning from its {@code start} on; absent for none
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record AyfEmd(
        int warmUpSteps,
        double warmUpTo,
        TangentBound bound,
        double c,
        Space space,
        double spanMean,
        double spanStd,
        double guidanceLeast,
        double guidanceMost,
        @Nullable String weak,
        @Nullable AdversarialSettings adversarial,
        double labelDrop)
        implements AlignYourFlowSettings {
    static Map<String, Object> defaults() {
        return AlignYourFlowSettings.defaults(Map.of(
                "warm-up-steps",
                10_000,
                "warm-up-to",
                0.99,
                "bound",
                TangentBound.NORMALISED,
                "c",
                0.1,
                "space",
                Space.VELOCITY));
    }

    public AyfEmd {
        SettingsChecks.atLeast("warm-up-steps", warmUpSteps, 0);
        SettingsChecks.within("warm-up-to", warmUpTo, 0.0, 1.0);
        SettingsChecks.positive("c", c);
        AlignYourFlowSettings.check(spanMean, spanStd, guidanceLeast, guidanceMost, weak, labelDrop);
        if (adversarial != null && adversarial.features() != null) {
            throw new SettingsException(
                    "adversarial.features",
                    "those of the teacher",
                    "none, since the teacher is a flow and the discriminator sees clean data",
                    "scott and ctm have it");
        }
    }

    private AlignYourFlowEmd objective(Roles roles) {
        AlignYourFlowEmd.Config config = new AlignYourFlowEmd.Config(
                spans(), guidanceLeast, guidanceMost, warmUpSteps, warmUpTo, drop(roles), roles.classes());
        return new AlignYourFlowEmd(config, bound.of(c), space);
    }

    @Override
    public List<Opponent<?>> opponents() {
        if (adversarial == null) {
            return List.of();
        }
        return List.of(new CriticOpponent(
                adversarial, 1, roles -> AdversarialAlignYourFlow.jumps(objective(roles), roles.requireStudent())));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        CriticNet critic = CriticOpponent.of(roles, adversarial, 1);
        GuidedTeacher teacher = guided(roles);
        if (critic == null) {
            return AlignYourFlowSettings.of(objective(roles), teacher);
        }
        return StudentLoss.of(
                new AdversarialAlignYourFlow(objective(roles), CriticOpponent.term(adversarial)),
                (student, dropping) ->
                        new AdversarialAlignYourFlow.Nets(new AlignYourFlow.Nets(student, teacher), critic));
    }
}
