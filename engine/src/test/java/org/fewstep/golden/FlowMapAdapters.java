package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family flowmaps. */
final class FlowMapAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("meanflow_official_torch", new MeanFlowTorchAdapter()),
            Map.entry("meanflow_official_jax", new MeanFlowJaxAdapter()),
            Map.entry("meanflow_fastgen_variants", new FastGenMeanFlowAdapter()));

    private FlowMapAdapters() {}
}
