package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family flowmaps. */
final class FlowMapAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("meanflow_official_torch", new MeanFlowTorchAdapter()),
            Map.entry("meanflow_official_jax", new MeanFlowJaxAdapter()),
            Map.entry("meanflow_fastgen_variants", new FastGenMeanFlowAdapter()),
            Map.entry("exact_flow_map_gmm", new ExactFlowMapAdapter()),
            Map.entry("shortcut_targets_official_jax", new ShortcutModelAdapter()),
            Map.entry("seed_variant_shortcut", new TwoTimePredictionAdapter()),
            Map.entry("seed_variant_gaussian_optimum", new TwoTimeOptimumAdapter()),
            Map.entry("self_distillation_diagonal", new DiagonalMatchingAdapter()),
            Map.entry("self_distillation_lsd", new SelfDistillationAdapter()),
            Map.entry("self_distillation_psd", new SelfDistillationAdapter()),
            Map.entry("self_distillation_esd", new SelfDistillationAdapter()),
            Map.entry("fmm_map_distillation", new MapDistillationAdapter()),
            Map.entry("fmm_direct_and_progressive", new FlowMapMatchingAdapter()),
            Map.entry("alphaflow_discrete", new AlphaFlowAdapter()),
            Map.entry("ayf_emd", new AlignYourFlowAdapter(true)),
            Map.entry("ayf_lmd", new AlignYourFlowAdapter(false)),
            Map.entry("split_meanflow", new SplitMeanFlowAdapter()),
            Map.entry("improved_meanflow_official_jax", new ImprovedMeanFlowAdapter(false)),
            Map.entry("pixel_meanflow_official_jax", new ImprovedMeanFlowAdapter(true)));

    private FlowMapAdapters() {}
}
