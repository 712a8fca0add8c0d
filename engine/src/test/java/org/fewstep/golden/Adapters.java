package org.fewstep.golden;

import java.util.Map;

/** Finds the adapter of a case by its family and the longest known prefix of its name. */
final class Adapters {
    private static final Map<String, Map<String, Adapter>> BY_FAMILY = Map.of(
            "consistency",
            ConsistencyAdapters.CONSISTENCY,
            "distillation",
            ConsistencyAdapters.DISTILLATION,
            "flowmatching",
            Map.of(
                    "affine_paths_and_conversions", new AffinePathsAdapter(),
                    "cfm_", new ConditionalFlowMatchingAdapter(),
                    "gmm_marginals_and_schedule_transform", new GmmMarginalsAdapter(),
                    "gmm_ode_sampling_linear_path", new GmmOdeSamplingAdapter(),
                    "ot_minibatch_coupling", new OtCouplingAdapter(),
                    "sf2m_schroedinger_bridge", new SchroedingerBridgeAdapter(),
                    "time_samplers_logit_normal", new TimeSamplersAdapter()),
            "flowmaps",
            FlowMapAdapters.ALL,
            "imm",
            Map.of(
                    "imm_loss_", new MomentMatchingAdapter(),
                    "imm_parametrisation", new ImmScalingAdapter(),
                    "imm_sampling", new MomentMatchingSamplingAdapter(),
                    "imm_time_mapping_and_weights", new MomentMatchingTimesAdapter()),
            "interpolants",
            InterpolantAdapters.ALL,
            "networks",
            Layers.ADAPTERS,
            "scoredistill",
            ScoreAdapters.ALL,
            "solvers",
            SolverAdapters.ALL);

    private Adapters() {}

    /**
     * The adapter of a file.
     *
     * @throws AssertionError when there is none
     */
    static Adapter of(String family, String file) {
        String best = null;
        Map<String, Adapter> known = BY_FAMILY.getOrDefault(family, Map.of());
        for (String prefix : known.keySet()) {
            if (file.startsWith(prefix) && (best == null || prefix.length() > best.length())) {
                best = prefix;
            }
        }
        if (best == null) {
            throw new AssertionError("no adapter for " + family + "/" + file);
        }
        return known.get(best);
    }
}
