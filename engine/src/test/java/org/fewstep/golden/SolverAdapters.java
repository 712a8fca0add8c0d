package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family {@code solvers}, by prefix of the file's name. */
final class SolverAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("deis_rho_ab", new DeisAdapter(2e-4)),
            Map.entry("deis_rho_rk_", new DeisAdapter(5e-4)),
            Map.entry("deis_t_ab", new DeisAdapter(2e-4)),
            Map.entry("dpm1", new DpmAdapter(false)),
            Map.entry("dpm2", new DpmAdapter(false)),
            Map.entry("dpm3", new DpmAdapter(false)),
            Map.entry("dpm12_adaptive", new DpmAdapter(true)),
            Map.entry("dpm23_adaptive", new DpmAdapter(true)),
            Map.entry("dpm_fast_", new DpmAdapter(false)),
            Map.entry("dpmpp_", new DpmAdapter(false)),
            Map.entry("dpmpp12_adaptive", new DpmAdapter(true)),
            Map.entry("dpmpp23_adaptive", new DpmAdapter(true)),
            Map.entry("sa_", new SaAdapter()),
            Map.entry("unipc_", new UniPcAdapter()));

    private SolverAdapters() {}
}
