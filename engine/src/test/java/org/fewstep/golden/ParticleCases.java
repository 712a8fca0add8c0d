package org.fewstep.golden;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.norm;
import static org.fewstep.op.Ops.reshape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fewstep.autodiff.Grad;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.DiffInstruct;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreGradient;
import org.fewstep.loss.ScoreIdentity;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.loss.Sds;
import org.fewstep.loss.Sjc;
import org.fewstep.loss.Surrogate;
import org.fewstep.loss.Vsd;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/** Score distillation of anything differentiable: SDS, SJC, VSD, and the affine map whose gradients are closed forms. */
final class ParticleCases {
    private static final Map<String, Sds.Weight> WEIGHTS = Map.of(
            "sds", Sds.Weight.VARIANCE,
            "uniform", Sds.Weight.UNIFORM,
            "fantasia3d", Sds.Weight.SCALED_VARIANCE);
    private static final Map<String, Boolean> REDUCED = Map.of("var_red", true, "no_var_red", false);
    private static final Map<String, Prediction> PREDICTIONS =
            Map.of("epsilon", Prediction.EPS, "v_prediction", Prediction.V);

    private ParticleCases() {}

    private static <T> T option(Map<String, T> known, String name) {
        T value = known.get(name);
        if (value == null) {
            throw new AssertionError("unknown variant \"" + name + "\": expected one of " + known.keySet());
        }
        return value;
    }

    static void sds(ScoreCase one) {
        for (String variant : one.expected().keys()) {
            guidedAlone(one, variant, "loss_sds", new Sds(option(WEIGHTS, variant)));
        }
    }

    static void sjc(ScoreCase one) {
        for (String variant : one.expected().keys()) {
            guidedAlone(one, variant, "loss", new Sjc(option(REDUCED, variant)));
        }
    }

    /** A teacher with guidance beyond the condition, without a fake score network. */
    private static void guidedAlone(ScoreCase one, String variant, String total, ScoreGradient gradient) {
        one.roles("teacher_cond", "teacher_uncond", "theta");
        DiscreteSchedule table = DiscreteSchedule.of(one.table());
        PredictionNet teacher = one.guidedTeacher(table, 1 + one.params().number("guidance_scale"));
        ScoreDistillation loss = new ScoreDistillation(
                config(table, Prediction.EPS, Prediction.EPS, new GradientTerm(gradient, Surrogate.SQUARED_NORM)));
        ScoreDistillation.Draw draw = loss.draw(
                one.start("z", ScoreCase.ANY_TIME),
                loss.level(one.times(table, "timesteps"), one.run().tensor("noise")),
                null,
                null);
        GoldenMlp theta = one.net("theta");
        Function<PredictionNet, LossResult> of =
                student -> loss.loss(new ScoreDistillation.Nets(student, teacher, null, null), draw);
        LossResult result = of.apply(ScoreCase.raw(theta));
        String in = variant + "/";
        one.expected().offer(in + total, result.total());
        one.expected().offer(in + "grad_norm", norm(result.part("gradient"), 0, 1));
        one.offerGradients(in + "dloss_dx", in + "dloss_dtheta/theta.", theta, of);
    }

    private static ScoreDistillation.Config config(
            NoiseSchedule schedule, Prediction teacher, Prediction fake, ScoreTerm term) {
        return new ScoreDistillation.Config(
                schedule, teacher, fake, ScoreCase.steps(ScoreCase.ANY_TIME), (rng, step, n) -> new double[n], term);
    }

    static void vsd(ScoreCase one) {
        one.roles("teacher_cond", "teacher_uncond", "lora_cond", "lora_uncond", "theta");
        DiscreteSchedule table = DiscreteSchedule.of(one.table());
        NoiseSchedule schedule = ScoreCase.angular(table);
        PredictionNet teacher = one.guidedTeacher(table, one.params().number("guidance_scale"));
        double ofFake = one.params().number("guidance_scale_lora");
        for (String variant : one.expected().keys()) {
            String in = variant + "/";
            Prediction prediction = option(PREDICTIONS, variant);
            GoldenMlp lora = one.net("lora_cond");
            PredictionNet trained = ScoreCase.onTable(lora, table);
            PredictionNet fake =
                    new GuidedPrediction(trained, ScoreCase.onTable(one.net("lora_uncond"), table), ofFake);
            ScoreDistillation loss = new ScoreDistillation(
                    config(schedule, Prediction.EPS, prediction, new GradientTerm(new Vsd(), Surrogate.SQUARED_NORM)));
            ScoreDistillation.Draw draw = loss.draw(
                    one.start("z", ScoreCase.ANY_TIME),
                    loss.level(one.times(table, "timesteps"), one.run().tensor("noise")),
                    null,
                    null);
            GoldenMlp theta = one.net("theta");
            Function<PredictionNet, LossResult> of =
                    student -> loss.loss(new ScoreDistillation.Nets(student, teacher, fake, null), draw);
            LossResult result = of.apply(ScoreCase.raw(theta));
            one.expected().offer(in + "loss_vsd", result.total());
            one.expected().offer(in + "grad_norm", norm(result.part("gradient"), 0, 1));
            one.offerGradients(in + "dloss_vsd_dx", in + "dloss_vsd_dtheta/theta.", theta, of);

            ScoreOpponent opponent = new ScoreOpponent(
                    new ScoreOpponent.Config(
                            schedule,
                            ScoreCase.steps(ScoreCase.ANY_TIME),
                            new ScoreOpponent.Denoising(
                                    prediction, new DenoisingWeight.Uniform(), (rng, step, n) -> new double[n]),
                            null,
                            0),
                    ScoreCase.raw(theta));
            Tensor noise = one.run().tensor("lora_noise");
            LossResult own = opponent.loss(
                    new ScoreOpponent.Nets(trained, null),
                    opponent.draw(
                            one.start("z", ScoreCase.ANY_TIME),
                            opponent.level(one.times(table, "lora_timesteps"), noise),
                            noise,
                            null,
                            null,
                            null,
                            null));
            one.expected().offer(in + "loss_lora", own.total());
            one.run().offerGradients(in + "dloss_lora_dlora_cond/lora_cond.", own.total(), lora, Tolerance.VALUE);
        }
    }

    static void affineGaussian(ScoreCase one) {
        one.roles("teacher");
        GaussianMixture teacher = one.run().gmm("model", "teacher");
        double mu = one.params().number("mu");
        double std = one.params().number("S");
        if (teacher.stds().length != 1 || teacher.means()[0][0] != mu || teacher.stds()[0] != std) {
            throw new AssertionError("affine: got mu " + mu + ", S " + std + "; expected those of the teacher");
        }
        double[] alphas = one.params().object("alphas").asDoubles();
        for (String variant : one.expected().keys()) {
            double[] at = Arrays.stream(variant.split(","))
                    .mapToDouble(part -> Double.parseDouble(part.substring(part.indexOf('=') + 1)))
                    .toArray();
            if (!variant.equals("sigma=" + at[0] + ",m=" + at[1] + ",s=" + at[2])) {
                throw new AssertionError("unknown variant \"" + variant + "\": expected sigma=<>,m=<>,s=<>");
            }
            List<String> names = new ArrayList<>(List.of("sds", "vsd"));
            List<ScoreTerm> terms = new ArrayList<>(List.of(
                    new GradientTerm(new Sds(Sds.Weight.DENOISER), Surrogate.SQUARED_NORM),
                    new GradientTerm(new DiffInstruct(), Surrogate.SQUARED_NORM)));
            for (double alpha : alphas) {
                names.add("sid_" + alpha);
                terms.add(new ScoreIdentity(alpha, 1, false));
            }
            for (int i = 0; i < terms.size(); i++) {
                affine(one, variant + "/" + names.get(i), terms.get(i), teacher, at[0], at[1], at[2]);
            }
        }
    }

    private static void affine(
            ScoreCase one, String path, ScoreTerm term, GaussianMixture teacher, double sigma, double m, double s) {
        GoldenRun run = one.run();
        double[] z = run.numbers("z");
        double[] levels = new double[z.length];
        Arrays.fill(levels, sigma);
        EdmSchedule edm = new EdmSchedule();
        GaussianMixture own = new GaussianMixture(new double[] {1}, new double[][] {{m}}, new double[] {s});
        ScoreDistillation loss = new ScoreDistillation(config(edm, Prediction.X0, Prediction.X0, term));
        Tensor mean =
                Tensor.of(run.device(), run.dtype(), new double[] {m}, 1, 1).requireGrad();
        Tensor spread =
                Tensor.of(run.device(), run.dtype(), new double[] {s}, 1, 1).requireGrad();
        LossResult result = loss.loss(
                new ScoreDistillation.Nets(
                        (x, t, cond) -> add(mul(x, spread), mean),
                        ScoreCase.exact(teacher, edm, Prediction.X0),
                        ScoreCase.exact(own, edm, Prediction.X0),
                        null),
                loss.draw(
                        ScoreCase.steps(ScoreCase.ANY_TIME).start(reshape(run.tensor("z"), z.length, 1), List.of()),
                        loss.level(levels, reshape(run.tensor("n"), z.length, 1)),
                        null,
                        null));
        one.expected().offer(path + "_value", result.total());
        List<Tensor> gradient = Grad.of(result.total(), List.of(mean, spread));
        one.expected().offer(path, new double[] {
            gradient.get(0).item(), gradient.get(1).item()
        });
    }
}
