package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.DiscriminatorLoss;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientPenalty;
import org.jspecify.annotations.Nullable;

/**
 * A discriminator trained beside the student, and the student's adversarial term. It is a {@link org.fewstep.model.CriticMlp} of
 * samples, or heads on the features of the teacher.
 *
 * @param kind losses of both: non-saturating, hinge or relativistic (default hinge)
 * @param weight of the student's term, at least 0 (default 0.4)
 * @param start first step with the student's term, at least 0; the discriminator learns from the first on (default 0)
 * @param updates of the discriminator a step, at least 1 (default 1)
 * @param r1 weight gamma of the gradient penalty, gamma / 2 |grad|^2, at least 0 (default 0.1)
 * @param r1Noise standard deviation of the noise of the approximate penalty, at least 0; 0 for the exact one (default 0)
 * @param width hidden width; not read with features (default 128)
 * @param depth hidden layers; not read with features (default 3)
 * @param optimizer of the discriminator; schedules count its own updates
 * @param features of the teacher that it stands on; absent for a discriminator of samples
 * @param r1Of what the gradient of the penalty is taken in: samples, or with features those, exactly (default samples)
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
        OptimizerSettings optimizer,
        @Nullable TeacherFeatures features,
        Penalised r1Of) {
    /** What the gradient penalty is the slope in. */
    public enum Penalised {
        /** the discriminator's input */
        SAMPLES,
        /** what its heads read */
        FEATURES
    }

    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("kind", Adversarial.HINGE),
                Map.entry("weight", 0.4),
                Map.entry("start", 0L),
                Map.entry("updates", 1),
                Map.entry("r1", 0.1),
                Map.entry("r1-noise", 0.0),
                Map.entry("width", 128),
                Map.entry("depth", 3),
                Map.entry("optimizer", OptimizerSettings.DEFAULT),
                Map.entry("r1-of", Penalised.SAMPLES));
    }

    public AdversarialSettings {
        SettingsChecks.notNegative("weight", weight);
        SettingsChecks.atLeast("start", start, 0);
        SettingsChecks.within("updates", updates, 1, 1000);
        SettingsChecks.notNegative("r1", r1);
        SettingsChecks.notNegative("r1-noise", r1Noise);
        SettingsChecks.within("width", width, 1, 1 << 16);
        SettingsChecks.within("depth", depth, 1, 1000);
        if (r1Of == Penalised.FEATURES && (features == null || r1Noise > 0)) {
            throw new SettingsException(
                    "r1-of",
                    "features",
                    "samples, unless there are features, with r1-noise 0",
                    "set features.taps and leave r1-noise out");
        }
    }

    /** The student's term. */
    GeneratorTerm term() {
        return new GeneratorTerm(kind, weight, start, features == null ? null : features.levels());
    }

    /** What the discriminator makes small. */
    DiscriminatorLoss.Config config() {
        return new DiscriminatorLoss.Config(kind, penalty(), r1);
    }

    private GradientPenalty penalty() {
        if (r1Of == Penalised.FEATURES) {
            return new GradientPenalty.OnFeatures();
        }
        return r1Noise == 0 ? new GradientPenalty.Exact() : new GradientPenalty.FiniteNoise(r1Noise);
    }
}
