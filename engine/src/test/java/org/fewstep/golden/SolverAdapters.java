package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family {@code solvers}, by prefix of the file's name. */
final class SolverAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("betas_tables", new BetaTablesAdapter()),
            Map.entry("deis_rho_ab", new DeisAdapter(2e-4)),
            Map.entry("deis_rho_rk_", new DeisAdapter(5e-4)),
            Map.entry("deis_t_ab", new DeisAdapter(2e-4)),
            Map.entry("dpm1", new DpmAdapter(false)),
            Map.entry("dpm12_adaptive", new DpmAdapter(true)),
            Map.entry("dpm2", new DpmAdapter(false)),
            Map.entry("dpm23_adaptive", new DpmAdapter(true)),
            Map.entry("dpm3", new DpmAdapter(false)),
            Map.entry("dpm_fast_", new DpmAdapter(false)),
            Map.entry("dpmpp12_adaptive", new DpmAdapter(true)),
            Map.entry("dpmpp23_adaptive", new DpmAdapter(true)),
            Map.entry("dpmpp_", new DpmAdapter(false)),
            Map.entry("edm_", new EdmAdapter(2e-4, Tolerance.VALUE)),
            Map.entry("edm_ablation_iddpm", new EdmAdapter(5e-4, Tolerance.VALUE)),
            Map.entry("edm_ablation_ve", new EdmAdapter(2e-4, Tolerance.INVERTED)),
            Map.entry("edm_ablation_vp_", new EdmAdapter(2e-4, Tolerance.INVERTED)),
            Map.entry("ersde_", new ErSdeAdapter()),
            Map.entry("fm_loglik", new LogLikelihoodAdapter.Flow()),
            Map.entry("fm_ode_", new FlowOdeAdapter()),
            Map.entry("fm_ode_dopri5", new FlowOdeAdapter.Adaptive()),
            Map.entry("kd_", new KarrasDiffusionAdapter()),
            Map.entry("kd_dpm_adaptive", new PidDpmSolverAdapter()),
            Map.entry("loglik_edm", new LogLikelihoodAdapter.Edm()),
            Map.entry("loglik_vp", new LogLikelihoodAdapter.Vp()),
            Map.entry("pc_", new PredictorCorrectorAdapter()),
            Map.entry("restart_", new RestartAdapter()),
            Map.entry("sa_", new SaAdapter()),
            Map.entry("sched_discrete_", new DiscreteScheduleAdapter()),
            Map.entry("sched_interp_", new InterpolantScheduleAdapter()),
            Map.entry("sched_subvp", new ScheduleAdapter(ScheduleAdapter::subVp)),
            Map.entry("sched_ve", new ScheduleAdapter(ScheduleAdapter::ve)),
            Map.entry("sched_vp_cosine", new ScheduleAdapter(ScheduleAdapter::vpCosine)),
            Map.entry("sched_vp_linear", new ScheduleAdapter(ScheduleAdapter::vpLinear)),
            Map.entry("seeds_", new SeedsAdapter()),
            Map.entry("si_two_sided_", new TwoSidedSdeAdapter()),
            Map.entry("sit_", new InterpolantSdeAdapter()),
            Map.entry("times_ays", new AlignYourStepsAdapter()),
            Map.entry("times_diffusers_", new DiffusersTimesAdapter()),
            Map.entry("times_dpm_sa", new TimeGridsAdapter()),
            Map.entry("times_sigmas", new NoiseLevelsAdapter()),
            Map.entry("unipc_", new UniPcAdapter()));

    private SolverAdapters() {}
}
