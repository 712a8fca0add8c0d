package org.fewstep.golden;

import static org.fewstep.op.Ops.greatest;
import static org.fewstep.op.Ops.least;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.DenoisingScoreMatching;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.Dmd;
import org.fewstep.loss.FDistill;
import org.fewstep.loss.FDivergence;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.RatioBins;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreGradient;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.loss.StudentSteps;
import org.fewstep.loss.Surrogate;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.RedefinedVelocity;
import org.fewstep.path.TimeSampler;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.Field;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Distribution matching as NVlabs/FastGen has it: DMD2, f-distill, LADD and their parts. */
final class FastGenCases {
    private static final TimeSampler GIVEN = (rng, step, n) -> new double[n];
    private static final Map<String, FDivergence> DIVERGENCES = Map.of(
            "rkl", FDivergence.REVERSE_KL,
            "kl", FDivergence.FORWARD_KL,
            "js", FDivergence.JENSEN_SHANNON,
            "sf", FDivergence.SOFT_REVERSE_KL,
            "neyman", FDivergence.NEYMAN,
            "sh", FDivergence.HELLINGER,
            "jf", FDivergence.JEFFREYS);

    private FastGenCases() {}

    private static FDivergence divergence(String name) {
        FDivergence divergence = DIVERGENCES.get(name);
        if (divergence == null) {
            throw new AssertionError("unknown f_div \"" + name + "\": expected one of " + DIVERGENCES.keySet());
        }
        return divergence;
    }

    static void matching(ScoreCase one) {
        one.run().requireNoModel();
        Dmd dmd = new Dmd(Dmd.Form.X0, one.params().number("eps"));
        Tensor scale = reshape(one.run().tensor("additional_scale"), one.run().numbers("additional_scale").length, 1);
        offerMatching(one, "loss", "dloss_dgen", dmd);
        offerMatching(one, "loss_scaled", "dloss_dgen_scaled", point -> mul(scale, dmd.of(point)));
    }

    private static void offerMatching(ScoreCase one, String total, String gradient, ScoreGradient of) {
        ScoreDistillation loss = new ScoreDistillation(new ScoreDistillation.Config(
                new EdmSchedule(),
                Prediction.X0,
                Prediction.X0,
                ScoreCase.steps(ScoreCase.ANY_TIME),
                GIVEN,
                new GradientTerm(of, Surrogate.MEAN_SQUARE)));
        Tensor gen = one.run().tensor("gen");
        double[] t = new double[gen.dim(0)];
        Arrays.fill(t, ScoreCase.ANY_TIME);
        ScoreDistillation.Draw draw = loss.draw(one.start("gen", ScoreCase.ANY_TIME), loss.level(t, gen), null, null);
        PredictionNet teacher = one.given("teacher_x0");
        PredictionNet fake = one.given("fake_x0");
        Function<PredictionNet, LossResult> result =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
        one.expected().offer(total, result.apply(one.given("gen")).total());
        one.offerSampleGradient(gradient, one.given("gen"), result);
    }

    static void denoising(ScoreCase one) {
        one.run().requireNoModel();
        NoiseSchedule schedule = one.schedule();
        double[] t = one.run().numbers("t");
        PathCoefficients at = PathCoefficients.of(schedule, t);
        one.expected().offer("alpha", at.alpha());
        one.expected().offer("sigma", at.sigma());
        denoised(one, "x0", Prediction.X0, schedule, t);
        denoised(one, "eps", Prediction.EPS, schedule, t);
        denoised(one, "v", Prediction.V, ScoreCase.angular(schedule), t);
        NoiseSchedule straight = new RedefinedVelocity(schedule, RedefinedVelocity.Kind.STRAIGHT);
        denoised(one, "flow", Prediction.V, straight, t);
    }

    private static void denoised(
            ScoreCase one, String name, Prediction prediction, NoiseSchedule schedule, double[] t) {
        DenoisingScoreMatching loss = new DenoisingScoreMatching(
                schedule, prediction, new DenoisingWeight.Uniform(), new FlowMatching.Config(GIVEN, 0, 0));
        LossResult result = loss.loss(
                one.given("net_pred"),
                loss.draw(one.run().tensor("x0"), one.run().tensor("eps"), t, null));
        one.expected().offer("loss_" + name, result.total());
    }

    private static StudentSteps.Start start(ScoreCase one) {
        return new StudentSteps.Start(
                one.run().tensor("input_student"), List.of(), one.run().tensor("t_student"));
    }

    private static ScoreDistillation student(NoiseSchedule schedule, @Nullable ScoreTerm term, double gan) {
        return new ScoreDistillation(new ScoreDistillation.Config(
                schedule,
                Prediction.X0,
                Prediction.X0,
                ScoreCase.steps(ScoreCase.ANY_TIME),
                GIVEN,
                term,
                new GeneratorTerm(Adversarial.NON_SATURATING, gan, 0),
                null,
                0));
    }

    private static PredictionNet teacher(ScoreCase one, GoldenMlp conditional) {
        return one.params().isNull("guidance_scale")
                ? ScoreCase.raw(conditional)
                : new GuidedPrediction(
                        ScoreCase.raw(conditional),
                        ScoreCase.raw(one.net("teacher_neg")),
                        one.params().number("guidance_scale"));
    }

    static void dmd2(ScoreCase one) {
        LossResult result = update(one, new GradientTerm(Dmd.fastGen(), Surrogate.MEAN_SQUARE));
        one.expected().offer("vsd_loss", mean(result.part("score")));
    }

    static void fDistill(ScoreCase one) {
        FDistill gradient = new FDistill(
                Dmd.fastGen(),
                divergence(one.params().string("f_div")),
                one.params().number("ratio_lower"),
                one.params().number("ratio_upper"),
                null);
        LossResult result = update(one, new GradientTerm(gradient, Surrogate.MEAN_SQUARE));
        Tensor logits = result.part("logits");
        Tensor h = gradient.weight(gradient.ratio(logits));
        one.expected().offer("logits", logits);
        one.expected().offer("h", h);
        one.expected().offer("min_h", least(h, 0));
        one.expected().offer("avg_h", mean(h));
        one.expected().offer("max_h", greatest(h, 0));
        one.expected().offer("f_distill_loss", mean(result.part("score")));
    }

    /** A student's update with a discriminator on the teacher's features. */
    private static LossResult update(ScoreCase one, ScoreTerm term) {
        one.roles("teacher", "teacher_neg", "fake", "student", "head");
        GoldenMlp trunk = one.net("teacher");
        CriticNet critic = one.critic(one.net("head"), trunk);
        PredictionNet teacher = teacher(one, trunk);
        PredictionNet fake = ScoreCase.raw(one.net("fake"));
        ScoreDistillation loss = student(one.schedule(), term, one.params().number("gan_loss_weight_gen"));
        ScoreDistillation.Draw draw = loss.draw(
                start(one), loss.level(one.run().numbers("t"), one.run().tensor("eps")), null, null);
        GoldenMlp student = one.net("student");
        Function<PredictionNet, LossResult> of =
                net -> loss.loss(new ScoreDistillation.Nets(net, teacher, fake, critic), draw);
        LossResult result = of.apply(ScoreCase.raw(student));
        one.expected().offer("x", result.part("x"));
        one.expected().offer("total_loss", result.total());
        one.expected().offer("gan_loss_gen", mean(result.part("adversarial")));
        one.offerGradients("dtotal_dx", "dtotal_dstudent/student.", student, of);
        return result;
    }

    static void weights(ScoreCase one) {
        one.run().requireNoModel();
        Options params = one.params();
        double least = params.number("ratio_lower");
        double most = params.number("ratio_upper");
        RatioBins bins = new RatioBins(
                params.number("min_t"),
                params.number("max_t"),
                params.integer("bin_num"),
                params.number("ratio_ema_rate"));
        Tensor logits = one.run().tensor("logits");
        for (String name : DIVERGENCES.keySet()) {
            FDistill gradient = new FDistill(Dmd.fastGen(), divergence(name), least, most, null);
            Tensor ratio = gradient.ratio(logits);
            Tensor membership = bins.membership(one.run().numbers("t"), ratio);
            Tensor divided = bins.divide(ratio, membership, one.run().tensor("bins_before"))
                    .ratio();
            one.expected().offer("h_" + name + "_raw", gradient.weight(ratio));
            one.expected().offer("h_" + name + "_norm", gradient.weight(divided));
        }
        FDistill any = new FDistill(Dmd.fastGen(), FDivergence.REVERSE_KL, least, most, null);
        Tensor ratio = any.ratio(logits);
        one.expected()
                .offer(
                        "bins_after",
                        bins.divide(
                                        ratio,
                                        bins.membership(one.run().numbers("t"), ratio),
                                        one.run().tensor("bins_before"))
                                .means());
    }

    static void opponent(ScoreCase one) {
        one.roles("teacher", "teacher_neg", "fake", "student", "head");
        one.params().ignore("guidance_scale", "gan_loss_weight_gen");
        GoldenMlp fake = one.net("fake");
        GoldenMlp head = one.net("head");
        ScoreOpponent.Denoising denoising =
                new ScoreOpponent.Denoising(Prediction.X0, new DenoisingWeight.Uniform(), GIVEN);
        Supplier<LossResult> of = judged(one, denoising, ScoreCase.raw(fake), head);
        LossResult result = of.get();
        one.expected().offer("total_loss", result.total());
        one.expected().offer("fake_score_loss", mean(result.part("fake")));
        offerJudged(one, "", result);
        one.run().offerGradients("dtotal_dfake/fake.", result.total(), fake, Tolerance.VALUE);
        one.run().offerGradients("dtotal_dhead/head.", of.get().total(), head, Tolerance.VALUE);
    }

    private static void offerJudged(ScoreCase one, String prefix, LossResult result) {
        one.expected().offer(prefix + "gan_loss_disc", mean(result.part("adversarial")));
        if (result.parts().containsKey("penalty")) {
            Tensor penalty = mean(result.part("penalty"));
            one.expected().offer("gan_loss_ar1", penalty);
            if (!prefix.isEmpty()) {
                one.expected().offer(prefix + "gan_loss_ar1", penalty);
            }
        }
    }

    /** The loss of a discriminator on the teacher's features, with a fake score network or without. */
    private static Supplier<LossResult> judged(
            ScoreCase one, ScoreOpponent.@Nullable Denoising denoising, @Nullable PredictionNet fake, GoldenMlp head) {
        Options params = one.params();
        GoldenRun run = one.run();
        CriticNet critic = one.critic(head, one.net("teacher"));
        boolean shared = params.bool("gan_use_same_t_noise");
        ScoreOpponent loss = new ScoreOpponent(
                new ScoreOpponent.Config(
                        one.schedule(),
                        ScoreCase.steps(ScoreCase.ANY_TIME),
                        denoising,
                        new ScoreOpponent.Judging(
                                Adversarial.NON_SATURATING,
                                1,
                                GIVEN,
                                shared,
                                params.number("gan_r1_reg_weight"),
                                params.number("gan_r1_reg_alpha"),
                                false),
                        0),
                ScoreCase.raw(one.net("student")));
        ScoreOpponent.Level level = loss.level(run.numbers("t"), run.tensor("eps"));
        ScoreOpponent.Draw draw = loss.draw(
                start(one),
                denoising == null ? null : level,
                run.tensor("real"),
                level,
                loss.level(run.numbers("t_real"), run.tensor("eps_real")),
                run.tensor("r1_noise"),
                null);
        return () -> loss.loss(new ScoreOpponent.Nets(fake, critic), draw);
    }

    static void ladd(ScoreCase one) {
        one.roles("teacher", "student", "head");
        GoldenMlp head = one.net("head");
        GoldenMlp student = one.net("student");
        CriticNet critic = one.critic(head, one.net("teacher"));
        ScoreDistillation loss = student(one.schedule(), null, 1);
        ScoreDistillation.Draw draw = loss.draw(
                start(one), loss.level(one.run().numbers("t"), one.run().tensor("eps")), null, null);
        Function<PredictionNet, LossResult> of =
                net -> loss.loss(new ScoreDistillation.Nets(net, null, null, critic), draw);
        LossResult generator = of.apply(ScoreCase.raw(student));
        one.expected().offer("gen_total_loss", generator.total());
        one.expected().offer("gen_gan_loss_gen", mean(generator.part("adversarial")));
        one.offerGradients("dgen_dx", "dgen_dstudent/student.", student, of);

        LossResult result = judged(one, null, null, head).get();
        one.expected().offer("disc_total_loss", result.total());
        offerJudged(one, "disc_", result);
        one.run().offerGradients("ddisc_dhead/head.", result.total(), head, Tolerance.VALUE);
    }

    static void sample(ScoreCase one) {
        one.roles("student");
        NoiseSchedule schedule = one.schedule();
        TimeGrid grid = TimeGrid.of(schedule, one.run().numbers("t_list"));
        Field x0 = ConsistencySamplingAdapter.field(one.exact("student", schedule, Prediction.X0));
        Tensor start = one.run().tensor("x_init");
        one.expected()
                .offer(
                        "sample_sde",
                        Sampler.run(
                                new MultistepConsistency().plan(grid),
                                x0,
                                start,
                                SolverRun.noise(one.run(), "noise", 0)));
        one.expected().offer("sample_ode", Sampler.run(new Ddim(0).plan(grid), x0, start));
    }
}
