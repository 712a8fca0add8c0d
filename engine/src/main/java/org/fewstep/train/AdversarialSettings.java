package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.DiscriminatorLoss;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientPenalty;

/**
 * A discriminator trained beside the student, a {@link org.fewstep.model.CriticMlp}, and the student's adversarial term.
 *
 * @param kind losses of both: non-saturating, hinge or relativistic (default hinge)
 * @param weight of the student's term, at least 0 (default 0.4)
 * @param start first step with the student's term, at least 0; the discriminator learns from the first on (default 0)
 * @param updates of the discriminator a step, at least 1 (default 1)
 * @param r1 weight gamma of the gradient penalty, gamma / 2 |grad|^2, at least 0 (default 0.1)
 * @param r1Noise standard deviation of the noise of the approximate penalty, at least 0; 0 for the exact one (default 0)
 * @param width hidden width (default 128)
 * @param depth hidden layers (default 3)
 * @param optimizer of the discriminator; schedules count its own updates
 */
public record AdversarialSettings(
        Adversarial kind,
        double weight,
        long start,
        int updates,
        double r1,
        double r1Noise,
        int width,
        int depth,
        OptimizerSettings optimizer) {
    static Map<String, Object> defaults() {
        return Map.of(
                "kind",
                Adversarial.HINGE,
                "weight",
                0.4,
                "start",
                0L,
                "updates",
                1,
                "r1",
                0.1,
                "r1-noise",
                0.0,
                "width",
                128,
                "depth",
                3,
                "optimizer",
                OptimizerSettings.DEFAULT);
    }

    public AdversarialSettings {
        SettingsChecks.notNegative("weight", weight);
        SettingsChecks.atLeast("start", start, 0);
        SettingsChecks.within("updates", updates, 1, 1000);
        SettingsChecks.notNegative("r1", r1);
        SettingsChecks.notNegative("r1-noise", r1Noise);
        SettingsChecks.within("width", width, 1, 1 << 16);
        SettingsChecks.within("depth", depth, 1, 1000);
    }

    /** The student's term. */
    GeneratorTerm term() {
        return new GeneratorTerm(kind, weight, start);
    }

    /** What the discriminator makes small. */
    DiscriminatorLoss.Config config() {
        GradientPenalty penalty = r1Noise == 0 ? new GradientPenalty.Exact() : new GradientPenalty.FiniteNoise(r1Noise);
        return new DiscriminatorLoss.Config(kind, penalty, r1);
    }
}
