package org.fewstep.golden;

import java.util.Map;

/** Adapters of the families consistency and distillation. */
final class ConsistencyAdapters {
    static final Map<String, Adapter> CONSISTENCY = Map.ofEntries(
            Map.entry("cd_loss", new ConsistencyPairsAdapter(true)),
            Map.entry("ct_loss", new ConsistencyPairsAdapter(false)),
            Map.entry("cm_sampling", new ConsistencySamplingAdapter()),
            Map.entry("cm_schedules", new ConsistencySchedulesAdapter()),
            Map.entry("continuous_cd_ct_loss", new ContinuousConsistencyAdapter()),
            Map.entry("ctm_loss", new ConsistencyTrajectoryAdapter()),
            Map.entry("ect_loss", new EasyConsistencyAdapter()),
            Map.entry("fastgen_cm_loss", new FastGenConsistencyAdapter()),
            Map.entry("fewstep_sampling_fastgen_trigflow", new FewstepSamplingAdapter()),
            Map.entry("gmm_flow_map", new GmmFlowMapAdapter()),
            Map.entry("ict_loss", new ImprovedConsistencyAdapter()),
            Map.entry("scm_loss_edm_wrapped", new TrigFlowConsistencyAdapter(true)),
            Map.entry("scm_loss_trigflow", new TrigFlowConsistencyAdapter(false)),
            Map.entry("tcm_loss", new TruncatedConsistencyAdapter()),
            Map.entry("teacher_samplers_gmm", new TeacherSamplersAdapter()),
            Map.entry("zero_shot_editing", new ZeroShotEditingAdapter()));

    static final Map<String, Adapter> DISTILLATION = Map.of(
            "guidance_distill_stage1", new GuidanceDistillationAdapter(),
            "kd_one_step", new KnowledgeDistillationAdapter(),
            "lcm_guided_cd_loss", new LatentConsistencyAdapter(),
            "multistep_cm_loss", new SegmentConsistencyAdapter(),
            "progdist_ve_loss", new ProgressiveDistillationAdapter(true),
            "progdist_vp_loss", new ProgressiveDistillationAdapter(false),
            "reflow_loss", new ReflowAdapter(),
            "scott_loss", new StochasticConsistencyAdapter());

    private ConsistencyAdapters() {}
}
