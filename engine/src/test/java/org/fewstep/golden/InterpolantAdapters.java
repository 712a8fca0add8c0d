package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family {@code interpolants}, by prefix of the file's name. */
final class InterpolantAdapters {
    static final Map<String, Adapter> ALL = Map.of(
            "si_exact_fields", new ExactInterpolantAdapter(),
            "si_losses_", new InterpolantLossAdapter(),
            "si_sde_steps", new InterpolantStepsAdapter(),
            "sit_sde_sampling", new SitSamplingAdapter(),
            "sit_training_losses", new SitLossAdapter());

    private InterpolantAdapters() {}
}
