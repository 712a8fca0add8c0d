package org.fewstep.golden;

import java.util.function.Function;
import java.util.function.Supplier;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.AdversarialScoreIdentity;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.KarrasTimes;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreIdentity;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Tensor;

/** Score identity distillation with its guided and adversarial forms. */
final class ScoreIdentityCases {
    private static final EdmSchedule EDM = new EdmSchedule();
    private static final TimeSampler GIVEN = (rng, step, n) -> new double[n];
    private static final String ALPHA = "alpha_";
    private static final double PER_MILLE = 1000;

    private ScoreIdentityCases() {}

    private static ScoreDistillation loss(NoiseSchedule schedule, Prediction prediction, ScoreTerm term) {
        return new ScoreDistillation(new ScoreDistillation.Config(
                schedule, prediction, prediction, ScoreCase.steps(ScoreCase.ANY_TIME), GIVEN, term));
    }

    private static double[] levels(ScoreCase one) {
        return new KarrasTimes(one.karras(), one.params().number("tmax") / PER_MILLE)
                .times(one.run().numbers("u"));
    }

    private static double[] logNormal(ScoreCase one) {
        return new LogNormalTimes(
                        EDM, one.params().number("P_mean"), one.params().number("P_std"))
                .times(one.run().numbers("rnd_normal"));
    }

    /** a of a variant's name, or NaN for a flat entry. */
    private static double alpha(String variant) {
        return variant.startsWith(ALPHA) ? Double.parseDouble(variant.substring(ALPHA.length())) : Double.NaN;
    }

    static void generator(ScoreCase one) {
        one.roles("teacher", "fake", "generator");
        double[] sigma = levels(one);
        one.expected().offer("sigma", sigma);
        PredictionNet teacher = one.exact("teacher", EDM, Prediction.X0);
        PredictionNet fake = ScoreCase.raw(one.net("fake"));
        double factor = one.params().number("loss_scaling_G");
        double start = one.params().number("init_sigma");
        LossResult any = null;
        for (String variant : one.expected().keys()) {
            if (Double.isNaN(alpha(variant))) {
                continue;
            }
            ScoreDistillation loss = loss(EDM, Prediction.X0, new ScoreIdentity(alpha(variant), factor, true));
            ScoreDistillation.Draw draw =
                    loss.draw(one.start("z", start), loss.level(sigma, one.run().tensor("noise")), null, null);
            GoldenMlp generator = one.net("generator");
            Function<PredictionNet, LossResult> of =
                    student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
            any = of.apply(ScoreCase.raw(generator));
            String in = variant + "/";
            one.expected().offer(in + "loss_elementwise", any.part("each"));
            one.expected().offer(in + "loss_sum_times_lsg_over_B", any.total());
            one.offerGradients(in + "dloss_dx", in + "dloss_dgenerator/generator.", generator, of);
        }
        if (any == null) {
            throw new AssertionError("sid: got no variant; expected " + ALPHA + "<number>");
        }
        one.expected().offer("x", any.part("x"));
        one.expected().offer("teacher_x0", any.part("teacher x0"));
        one.expected().offer("fake_x0", any.part("fake x0"));
        one.expected().offer("weight_factor", any.part("weight"));
    }

    static void guided(ScoreCase one) {
        one.roles("teacher_cond", "teacher_uncond", "fake_cond", "fake_uncond", "generator");
        DiscreteSchedule table = DiscreteSchedule.of(one.table());
        double w = one.params().number("guidance_scale");
        PredictionNet teacher = one.guidedTeacher(table, w);
        PredictionNet fake = new GuidedPrediction(
                ScoreCase.onTable(one.net("fake_cond"), table), ScoreCase.onTable(one.net("fake_uncond"), table), w);
        double factor = one.params().number("lsg");
        double start = one.params().number("init_sigma");
        LossResult any = null;
        for (String variant : one.expected().keys()) {
            if (Double.isNaN(alpha(variant))) {
                continue;
            }
            ScoreDistillation loss = loss(table, Prediction.EPS, new ScoreIdentity(alpha(variant), factor, true));
            ScoreDistillation.Draw draw = loss.draw(
                    one.start("z", start),
                    loss.level(one.times(table, "timesteps"), one.run().tensor("noise")),
                    null,
                    null);
            GoldenMlp generator = one.net("generator");
            Function<PredictionNet, LossResult> of =
                    student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
            any = of.apply(ScoreCase.raw(generator));
            String in = variant + "/";
            one.expected().offer(in + "loss", any.total());
            one.offerGradients(in + "dloss_dx", in + "dloss_dgenerator/generator.", generator, of);
        }
        if (any == null) {
            throw new AssertionError("lsg: got no variant; expected " + ALPHA + "<number>");
        }
        one.expected().offer("teacher_x0", any.part("teacher x0"));
        one.expected().offer("fake_x0", any.part("fake x0"));
    }

    private static ScoreOpponent.Denoising denoising(ScoreCase one, double factor) {
        return new ScoreOpponent.Denoising(
                Prediction.X0, new DenoisingWeight.Edm(one.params().number("sigma_data")), GIVEN, true, factor);
    }

    static void fake(ScoreCase one) {
        one.roles("fake");
        double[] sigma = logNormal(one);
        ScoreOpponent loss = new ScoreOpponent(
                new ScoreOpponent.Config(
                        EDM,
                        ScoreCase.steps(ScoreCase.ANY_TIME),
                        denoising(one, one.params().number("loss_scaling")),
                        null,
                        0),
                one.given("x"));
        GoldenMlp fake = one.net("fake");
        LossResult result = loss.loss(
                new ScoreOpponent.Nets(ScoreCase.raw(fake), null), DmdCases.denoise(one, loss, "x", sigma, "noise"));
        one.expected().offer("sigma", sigma);
        one.expected().offer("weight", result.part("weight"));
        one.expected().offer("loss_elementwise", result.part("each"));
        one.expected().offer("loss_sum_over_B", result.total());
        one.run().offerGradients("dloss_dfake/fake.", result.total(), fake, Tolerance.VALUE);
    }

    static void adversarial(ScoreCase one) {
        one.roles("teacher", "fake", "head", "generator");
        GoldenRun run = one.run();
        Options params = one.params();
        GoldenMlp fake = one.net("fake");
        GoldenMlp head = one.net("head");
        GoldenMlp generator = one.net("generator");
        CriticNet critic = one.critic(head, fake);
        ScoreIdentity identity = new ScoreIdentity(params.number("alpha"), params.number("lsg"), true);
        ScoreDistillation loss =
                loss(EDM, Prediction.X0, new AdversarialScoreIdentity(identity, params.number("lsg_gan")));
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", params.number("init_sigma")), loss.level(levels(one), run.tensor("noise")), null, null);
        PredictionNet teacher = one.exact("teacher", EDM, Prediction.X0);
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, ScoreCase.raw(fake), critic), draw);
        LossResult result = of.apply(ScoreCase.raw(generator));
        String in = "generator/";
        one.expected().offer(in + "loss_elementwise", result.part("each"));
        one.expected().offer(in + "loss_gan_per_sample", result.part("adversarial"));
        one.expected().offer(in + "total", result.total());
        one.offerGradients(in + "dtotal_dx", in + "dtotal_dgenerator/generator.", generator, of);

        ScoreOpponent opponent = new ScoreOpponent(
                new ScoreOpponent.Config(
                        EDM,
                        ScoreCase.steps(ScoreCase.ANY_TIME),
                        denoising(one, 1),
                        new ScoreOpponent.Judging(
                                Adversarial.NON_SATURATING, params.number("lsd"), null, true, 0, 0, true),
                        0),
                one.given("x_for_disc"));
        ScoreOpponent.Draw both = opponent.draw(
                one.start("x_for_disc", ScoreCase.ANY_TIME),
                opponent.level(logNormal(one), run.tensor("noise_disc")),
                run.tensor("real"),
                null,
                null,
                null,
                null);
        Supplier<LossResult> again = () -> opponent.loss(new ScoreOpponent.Nets(ScoreCase.raw(fake), critic), both);
        LossResult own = again.get();
        one.expected().offer("fake_loss_elementwise", own.part("each"));
        one.expected().offer("disc_loss_per_sample", own.part("adversarial"));
        run.offerGradients("dtotal_dfake/fake.", own.total(), fake, Tolerance.VALUE);
        Tensor total = again.get().total();
        run.offerGradients("dtotal_dhead/head.", total, head, Tolerance.VALUE);
    }
}
