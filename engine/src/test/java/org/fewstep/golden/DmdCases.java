package org.fewstep.golden;

import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.sigmoid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.DiffInstruct;
import org.fewstep.loss.Dmd;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.StudentSteps;
import org.fewstep.loss.Surrogate;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.BetaTable;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Tensor;

/** Distribution matching distillation in its published forms, and Diff-Instruct. */
final class DmdCases {
    private static final EdmSchedule EDM = new EdmSchedule();
    private static final TimeSampler GIVEN = (rng, step, n) -> new double[n];

    private DmdCases() {}

    private static ScoreDistillation matching(NoiseSchedule schedule, Prediction prediction, GradientTerm term) {
        return new ScoreDistillation(new ScoreDistillation.Config(
                schedule, prediction, prediction, ScoreCase.steps(ScoreCase.ANY_TIME), GIVEN, term));
    }

    static void diffInstruct(ScoreCase one) {
        one.roles("teacher", "fake", "generator");
        double[] sigma = new LogNormalTimes(
                        EDM, one.params().number("P_mean"), one.params().number("P_std"))
                .times(one.run().numbers("rnd_normal"));
        ScoreDistillation loss = matching(EDM, Prediction.X0, new GradientTerm(new DiffInstruct(), Surrogate.PRODUCT));
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", one.params().number("init_sigma")),
                loss.level(sigma, one.run().tensor("noise")),
                null,
                null);
        PredictionNet teacher = one.exact("teacher", EDM, Prediction.X0);
        PredictionNet fake = ScoreCase.raw(one.net("fake"));
        GoldenMlp generator = one.net("generator");
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
        one.expected().offer("sigma", sigma);
        one.expected()
                .offer("loss_elementwise", of.apply(ScoreCase.raw(generator)).part("each"));
        one.offerGradients("dloss_dx", "dloss_dgenerator/generator.", generator, of);
    }

    static void forms(ScoreCase one) {
        one.roles("teacher", "fake");
        one.params().ignore("schedule");
        double[] t = one.run().numbers("t");
        double[] none = new double[t.length];
        Arrays.fill(none, Double.NaN);
        PathCoefficients at =
                new PathCoefficients(one.run().numbers("alpha"), one.run().numbers("sigma"), none, none);
        ExpectedArrays expected = one.expected();
        ScoreDistillation loss = matching(
                EDM,
                Prediction.X0,
                new GradientTerm(
                        point -> {
                            expected.offer("score_real", point.teacherScore());
                            expected.offer("score_fake", point.fakeScore());
                            expected.offer("eps_real", point.teacherEps());
                            expected.offer("eps_fake", point.fakeEps());
                            return new Dmd(Dmd.Form.SCORE, 0).of(point);
                        },
                        Surrogate.MEAN_SQUARE));
        LossResult result = loss.loss(
                new ScoreDistillation.Nets(
                        one.given("x"),
                        (x, time, cond) -> one.run().gmm("model", "teacher").x0(x, at),
                        ScoreCase.raw(one.net("fake")),
                        null),
                loss.draw(
                        one.start("x", ScoreCase.ANY_TIME),
                        loss.level(at, t, one.run().tensor("noise")),
                        null,
                        null));
        expected.offer("teacher_x0", result.part("teacher x0"));
        expected.offer("fake_x0", result.part("fake x0"));
        expected.offer("grad", result.part("gradient"));
    }

    private static void offerMatching(ScoreCase one, LossResult result) {
        one.expected().offer("x", result.part("x"));
        one.expected().offer("noisy", result.part("x_t"));
        one.expected().offer("teacher_x0", result.part("teacher x0"));
        one.expected().offer("fake_x0", result.part("fake x0"));
        one.expected().offer("grad", result.part("gradient"));
        one.expected().offer("loss", result.total());
    }

    static void edm(ScoreCase one) {
        one.roles("teacher", "fake", "generator");
        double[] sigma = one.karrasLevels("timesteps");
        ScoreDistillation loss = matching(EDM, Prediction.X0, new GradientTerm(Dmd.published(), Surrogate.MEAN_SQUARE));
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", one.params().number("generator_time_input")),
                loss.level(sigma, one.run().tensor("noise")),
                null,
                null);
        PredictionNet teacher = one.exact("teacher", EDM, Prediction.X0);
        PredictionNet fake = ScoreCase.raw(one.net("fake"));
        GoldenMlp generator = one.net("generator");
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
        one.expected().offer("sigma", sigma);
        offerMatching(one, of.apply(ScoreCase.raw(generator)));
        one.offerGradients("dloss_dx", "dloss_dgenerator/generator.", generator, of);
    }

    static void edmFake(ScoreCase one) {
        one.roles("fake");
        double[] sigma = one.karrasLevels("timesteps");
        ScoreOpponent loss = new ScoreOpponent(
                new ScoreOpponent.Config(
                        EDM,
                        ScoreCase.steps(ScoreCase.ANY_TIME),
                        new ScoreOpponent.Denoising(
                                Prediction.X0,
                                new DenoisingWeight.Edm(one.params().number("sigma_data")),
                                GIVEN),
                        null,
                        0),
                one.given("x"));
        GoldenMlp fake = one.net("fake");
        LossResult result =
                loss.loss(new ScoreOpponent.Nets(ScoreCase.raw(fake), null), denoise(one, loss, "x", sigma, "noise"));
        one.expected().offer("sigma", sigma);
        one.expected().offer("weights", result.part("weight"));
        one.expected().offer("noisy", result.part("xt"));
        one.expected().offer("fake_x0", result.part("prediction"));
        one.expected().offer("loss", result.total());
        one.run().offerGradients("dloss_dfake/fake.", result.total(), fake, Tolerance.VALUE);
    }

    /** The draw of a fake score network alone. */
    static ScoreOpponent.Draw denoise(ScoreCase one, ScoreOpponent loss, String start, double[] t, String noise) {
        Tensor eps = one.run().tensor(noise);
        return loss.draw(one.start(start, ScoreCase.ANY_TIME), loss.level(t, eps), eps, null, null, null, null);
    }

    static void edmGan(ScoreCase one) {
        one.roles("fake", "head", "generator");
        GoldenRun run = one.run();
        double time = one.params().number("generator_time_input");
        GoldenMlp fake = one.net("fake");
        GoldenMlp head = one.net("head");
        GoldenMlp generator = one.net("generator");
        CriticNet critic = one.critic(head, fake);
        ScoreDistillation loss = new ScoreDistillation(new ScoreDistillation.Config(
                EDM,
                Prediction.X0,
                Prediction.X0,
                ScoreCase.steps(time),
                GIVEN,
                null,
                new GeneratorTerm(Adversarial.NON_SATURATING, 1, 0),
                null,
                0));
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", time),
                loss.level(one.karrasLevels("gen_timesteps"), run.tensor("gen_noise")),
                null,
                null);
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, null, null, critic), draw);
        one.expected().offer("gen_cls_loss", of.apply(ScoreCase.raw(generator)).total());
        one.offerGradients("dgen_cls_loss_dx", "dgen_cls_loss_dgenerator/generator.", generator, of);

        ScoreOpponent opponent = new ScoreOpponent(
                new ScoreOpponent.Config(
                        EDM,
                        ScoreCase.steps(time),
                        null,
                        new ScoreOpponent.Judging(Adversarial.NON_SATURATING, 1, GIVEN),
                        0),
                ScoreCase.raw(generator));
        ScoreOpponent.Draw judged = opponent.draw(
                one.start("z", time),
                null,
                run.tensor("real"),
                opponent.level(one.karrasLevels("fake_timesteps"), run.tensor("fake_noise")),
                opponent.level(one.karrasLevels("real_timesteps"), run.tensor("real_noise")),
                null,
                null);
        LossResult result = opponent.loss(new ScoreOpponent.Nets(null, critic), judged);
        one.expected().offer("guidance_cls_loss", result.total());
        one.expected().offer("prob_real", probability(result.part("real logits")));
        one.expected().offer("prob_fake", probability(result.part("fake logits")));
        run.offerGradients("dguidance_dhead/head.", result.total(), head, Tolerance.VALUE);
        Tensor again =
                opponent.loss(new ScoreOpponent.Nets(null, critic), judged).total();
        run.offerGradients("dguidance_dfake/fake.", again, fake, Tolerance.VALUE);
    }

    private static Tensor probability(Tensor logits) {
        return reshape(sigmoid(logits), logits.dim(0));
    }

    static void guided(ScoreCase one) {
        one.roles("teacher_cond", "teacher_uncond", "fake", "generator");
        BetaTable betas = one.table();
        DiscreteSchedule table = DiscreteSchedule.of(betas);
        double[] alphaSquared = betas.alphaSquared();
        one.expected()
                .offer(
                        "alphas_cumprod_at_t",
                        Arrays.stream(one.run().integers("timesteps"))
                                .mapToDouble(n -> alphaSquared[n])
                                .toArray());
        ScoreDistillation loss =
                matching(table, Prediction.EPS, new GradientTerm(Dmd.published(), Surrogate.MEAN_SQUARE));
        double time = one.params().number("generator_time_input");
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", time),
                loss.level(one.times(table, "timesteps"), one.run().tensor("noise")),
                null,
                null);
        PredictionNet teacher = one.guidedTeacher(table, one.params().number("real_guidance_scale"));
        GoldenMlp fake = one.net("fake");
        PredictionNet ofFake = ScoreCase.onTable(fake, table);
        GoldenMlp generator = one.net("generator");
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, ofFake, null), draw);
        offerMatching(one, of.apply(ScoreCase.raw(generator)));
        one.offerGradients("dloss_dx", "dloss_dgenerator/generator.", generator, of);

        ScoreOpponent opponent = new ScoreOpponent(
                new ScoreOpponent.Config(
                        table,
                        ScoreCase.steps(time),
                        new ScoreOpponent.Denoising(Prediction.EPS, new DenoisingWeight.Uniform(), GIVEN),
                        null,
                        0),
                ScoreCase.raw(generator));
        double[] t = one.times(table, "fake_timesteps");
        Tensor eps = one.run().tensor("fake_noise");
        LossResult own = opponent.loss(
                new ScoreOpponent.Nets(ofFake, null),
                opponent.draw(one.start("z", time), opponent.level(t, eps), eps, null, null, null, null));
        one.expected().offer("fake_loss", own.total());
        one.expected()
                .offer(
                        "fake_x0_at_fake_t",
                        Prediction.EPS.to(
                                Prediction.X0, own.part("prediction"), own.part("xt"), PathCoefficients.of(table, t)));
        one.run().offerGradients("dfake_loss_dfake/fake.", own.total(), fake, Tolerance.VALUE);
    }

    static void backwardSimulation(ScoreCase one) {
        one.roles("student");
        BetaTable betas = one.table();
        DiscreteSchedule table = DiscreteSchedule.of(betas);
        int n = one.params().integer("num_denoising_step");
        StudentSteps steps = StudentSteps.even(betas, n);
        int[] timesteps = StudentSteps.timesteps(betas.size(), n);
        one.expected().offer("denoising_step_list", timesteps);
        one.expected().offer("timestep_interval", betas.size() / n);
        PredictionNet student = one.exact("student", table, Prediction.X0);
        Tensor z0 = one.run().tensor("z0");
        for (int k = 0; k < n; k++) {
            List<Tensor> noises = new ArrayList<>();
            for (int j = 0; j < k; j++) {
                noises.add(SolverRun.noise(one.run(), "renoise", 0).draw(j, z0));
            }
            one.expected().offer("clean_selected_" + k, steps.clean(student, steps.start(z0, noises), Cond.NONE));
            one.expected().offer("return_timestep_" + k, timesteps[k]);
        }
    }
}
