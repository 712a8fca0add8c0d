package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family flowmaps. */
final class FlowMapAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("alphaflow_discrete", new AlphaFlowAdapter()),
            Map.entry("ayf_emd", new AlignYourFlowAdapter(true)),
            Map.entry("ayf_lmd", new AlignYourFlowAdapter(false)),
            Map.entry("split_meanflow", new SplitMeanFlowAdapter()),
            Map.entry("improved_meanflow_official_jax", new ImprovedMeanFlowAdapter(false)),
            Map.entry("pixel_meanflow_official_jax", new ImprovedMeanFlowAdapter(true)),
            Map.entry("meanflow_official_torch", new MeanFlowTorchAdapter()),
            Map.entry("meanflow_official_jax", new MeanFlowJaxAdapter()),
            Map.entry("meanflow_fastgen_variants", new FastGenMeanFlowAdapter()));

    private FlowMapAdapters() {}
}
