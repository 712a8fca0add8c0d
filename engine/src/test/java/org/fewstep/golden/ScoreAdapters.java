package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family scoredistill. */
final class ScoreAdapters {
    private static final double RAW_SIGMA = 1e-3;
    private static final double PENALTY = 5e-4;

    static final Map<String, Adapter> ALL = Map.ofEntries(
            Map.entry("affine_gaussian_closed_form", ScoreAdapter.inDouble(ParticleCases::affineGaussian)),
            Map.entry("sds", ScoreAdapter.of(ParticleCases::sds)),
            Map.entry("sjc", ScoreAdapter.of(ParticleCases::sjc)),
            Map.entry("vsd", ScoreAdapter.of(ParticleCases::vsd)),
            Map.entry("diff_instruct", ScoreAdapter.of(DmdCases::diffInstruct)),
            Map.entry("dmd_score_vs_x0_form", ScoreAdapter.of(DmdCases::forms)),
            Map.entry("dmd2_edm_dm", ScoreAdapter.of(DmdCases::edm, RAW_SIGMA)),
            Map.entry("dmd2_edm_fake", ScoreAdapter.of(DmdCases::edmFake)),
            Map.entry("dmd2_edm_gan", ScoreAdapter.of(DmdCases::edmGan)),
            Map.entry("dmd2_sd_dm_cfg", ScoreAdapter.of(DmdCases::guided)),
            Map.entry("dmd2_backsim", ScoreAdapter.of(DmdCases::backwardSimulation)),
            Map.entry("fastgen_vsd_loss", ScoreAdapter.of(FastGenCases::matching)),
            Map.entry("fastgen_dsm_loss", ScoreAdapter.of(FastGenCases::denoising)),
            Map.entry("fastgen_dmd2_student", ScoreAdapter.of(FastGenCases::dmd2)),
            Map.entry("fastgen_fdistill_student", ScoreAdapter.of(FastGenCases::fDistill)),
            Map.entry("fastgen_fdistill_weights", ScoreAdapter.of(FastGenCases::weights)),
            Map.entry("fastgen_dmd2_fake_disc", ScoreAdapter.of(FastGenCases::opponent, PENALTY)),
            Map.entry("fastgen_ladd", ScoreAdapter.of(FastGenCases::ladd, PENALTY)),
            Map.entry("fastgen_student_sample", ScoreAdapter.of(FastGenCases::sample)),
            Map.entry("sid_generator", ScoreAdapter.of(ScoreIdentityCases::generator)),
            Map.entry("sid_fake", ScoreAdapter.of(ScoreIdentityCases::fake)),
            Map.entry("sid_lsg", ScoreAdapter.of(ScoreIdentityCases::guided)),
            Map.entry("sida", ScoreAdapter.of(ScoreIdentityCases::adversarial)));

    private ScoreAdapters() {}
}
