package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family {@code solvers}, by prefix of the file's name. */
final class SolverAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("edm_", new EdmAdapter(2e-4, Tolerance.VALUE)),
            Map.entry("edm_ablation_iddpm", new EdmAdapter(5e-4, Tolerance.VALUE)),
            Map.entry("edm_ablation_ve", new EdmAdapter(2e-4, Tolerance.INVERTED)),
            Map.entry("edm_ablation_vp_", new EdmAdapter(2e-4, Tolerance.INVERTED)),
            Map.entry("ersde_", new ErSdeAdapter()),
            Map.entry("kd_", new KarrasDiffusionAdapter()),
            Map.entry("kd_dpm_adaptive", new PidDpmSolverAdapter()),
            Map.entry("restart_", new RestartAdapter()),
            Map.entry("seeds_", new SeedsAdapter()));

    private SolverAdapters() {}
}
