package org.fewstep.golden;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.stopGradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.fewstep.loss.Adversarial;
import org.fewstep.loss.Distance;
import org.fewstep.loss.GeneratorTerm;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.StochasticConsistency;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.TimePairs;
import org.fewstep.solver.ErSde;
import org.fewstep.tensor.Tensor;

/** Stochastic consistency distillation from an exact teacher, in its noise scales; the variants' names are options. */
final class StochasticConsistencyAdapter implements Adapter {
    private static final String ETA = "eta";

    @Override
    public Set<String> roles() {
        return Set.of("target_model", "discriminator", "teacher");
    }

    private static StochasticConsistency.NoiseScale noise(String variant) {
        if (variant.equals("er_sde")) {
            return new StochasticConsistency.NoiseScale.Extended(ErSde.NoiseScale.EXPONENTIAL);
        }
        return new StochasticConsistency.NoiseScale.Eta(
                switch (variant) {
                    case "ode" -> 0;
                    case "reverse_sde_eta1" -> 1;
                    default -> {
                        if (!variant.startsWith(ETA)) {
                            throw new AssertionError("unknown variant \"" + variant
                                    + "\": expected ode, eta<number>, reverse_sde_eta1 or er_sde");
                        }
                        yield Double.parseDouble(variant.substring(ETA.length()));
                    }
                });
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double sigmaData = params.number("sigma_data");
        SigmaScaling scaling = new SigmaScaling(sigmaData, params.number("sigma_min"));
        int h = params.integer("h");
        double lambda = params.number("lambda_adv");
        Distance distance = Distance.huberOrNorm(params.number("huber_c"));
        GaussianMixture teacher = run.gmm("teacher");
        TimePairs levels = new TimePairs(run.numbers("t_n"), run.numbers("t_m"));
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            StochasticConsistency loss = new StochasticConsistency(new StochasticConsistency.Config(
                    (rng, step, n) -> levels,
                    noise(variant),
                    h,
                    distance,
                    new GeneratorTerm(Adversarial.HINGE, lambda, 0),
                    0,
                    0));
            GoldenMlp net = run.mlp();
            GoldenMlp critic = run.mlp("discriminator");
            CriticNet logits = (x, t, cond) -> Ops.sum(critic.v(x, scale(Ops.log(t), 0.25), cond), 1);
            LossResult result = loss.loss(
                    new StochasticConsistency.Nets(
                            scaling.around(net),
                            scaling.around(run.mlp("target_model")),
                            (x, t, cond) -> teacher.x0(x, PathCoefficients.of(new EdmSchedule(), t.toDoubles())),
                            logits),
                    loss.draw(run.tensor("x0"), run.tensor("eps"), levels, noises(run, h), null));
            Tensor f = result.part("f");
            expected.offer(in + "z_tm", result.part("z_r"));
            expected.offer(in + "f", f);
            expected.offer(in + "target", result.part("target"));
            expected.offer(in + "loss_cd", mean(result.part("consistency")));
            expected.offer(in + "loss_adv", mean(result.part("adversarial")));
            expected.offer(in + "loss_student", result.total());
            expected.offer(in + "z_steps", steps(run, result, h));
            Tensor t = run.times(levels.t());
            Tensor discriminator = mean(Adversarial.HINGE.discriminator(
                    logits.logits(run.tensor("real"), t, Cond.NONE), logits.logits(stopGradient(f), t, Cond.NONE)));
            expected.offer(in + "loss_disc", discriminator);
            run.offerLayerGradients(in + "grad_disc", discriminator, critic, Tolerance.VALUE);
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
    }

    private static List<Tensor> noises(GoldenRun run, int h) {
        double[] all = run.numbers("noises");
        Tensor like = run.tensor("x0");
        int size = like.shape().count();
        List<Tensor> noises = new ArrayList<>();
        for (int j = 0; j < h; j++) {
            double[] own = Arrays.copyOfRange(all, j * size, (j + 1) * size);
            noises.add(Tensor.of(run.device(), run.dtype(), own, like.shape().sizes()));
        }
        return noises;
    }

    private static Tensor steps(GoldenRun run, LossResult result, int h) {
        List<Tensor> steps = new ArrayList<>();
        for (int j = 1; j <= h; j++) {
            steps.add(result.part("z_" + j));
        }
        return SolverRun.stack(steps);
    }
}
