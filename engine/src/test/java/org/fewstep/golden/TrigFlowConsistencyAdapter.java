package org.fewstep.golden;

import java.util.List;
import java.util.Set;
import org.fewstep.autodiff.Grad;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.TrigFlowConsistency;
import org.fewstep.loss.TrigFlowDerivative;
import org.fewstep.model.SigmaScaling;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** sCT and sCD, on a TrigFlow network or around an EDM denoiser; options stand in the variants. */
final class TrigFlowConsistencyAdapter implements Adapter {
    private static final double RELATIVE_STEP = 1e-3;

    private static final Set<String> OPTIONS = Set.of(
            "use_cd",
            "iteration",
            "prior_weighting",
            "norm_is_rms",
            "divide_by_D",
            "tangent_c",
            "jvp_finite_difference");

    private final boolean edm;

    TrigFlowConsistencyAdapter(boolean edm) {
        this.edm = edm;
    }

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    /** The network's velocity s F: F(x / s, t), or that of a denoiser with EDM's scalings. */
    private VelocityNet velocity(GoldenMlp net, double sigmaData) {
        return edm
                ? SigmaScaling.edm(sigmaData).trigFlow(net)
                : (x, t, cond) -> Ops.scale(net.v(Ops.scale(x, 1 / sigmaData), t, cond), sigmaData);
    }

    @Override
    public void run(GoldenRun run) {
        double sigmaData = run.params().number("sigma_data");
        int warmup = run.params().integer("tangent_warmup_steps");
        double[] t = ScheduleAdapter.map(run.numbers("tau_ln_sigma"), tau -> Math.atan2(Math.exp(tau), sigmaData));
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            boolean distillation = expected.option(in + "use_cd").asBool();
            boolean difference = expected.option(in + "jvp_finite_difference").asBool();
            int iteration = expected.option(in + "iteration").asInt();
            TrigFlowConsistency.Config config = new TrigFlowConsistency.Config(
                    sigmaData,
                    (rng, step, n) -> t,
                    difference
                            ? new TrigFlowDerivative.DataPathDifference(RELATIVE_STEP)
                            : new TrigFlowDerivative.ForwardMode(),
                    TrigFlowConsistency.WarmUp.WHOLE,
                    warmup,
                    new TrigFlowConsistency.Bound.Normalised(
                            expected.option(in + "tangent_c").asDouble(),
                            expected.option(in + "norm_is_rms").asBool()),
                    expected.option(in + "prior_weighting").asBool(),
                    expected.option(in + "divide_by_D").asBool()
                            ? TrigFlowConsistency.Reduction.MEAN_PER_COORDINATE
                            : TrigFlowConsistency.Reduction.MEAN,
                    0,
                    0);
            GoldenMlp net = run.mlp();
            Tensor logvar = run.tensor("logvar").requireGrad();
            TrigFlowConsistency loss = new TrigFlowConsistency(config);
            TrigFlowConsistency.Nets nets = new TrigFlowConsistency.Nets(
                    velocity(net, sigmaData),
                    distillation ? velocity(run.mlp("teacher_model"), sigmaData) : null,
                    time -> logvar);
            TrigFlowConsistency.Draw draw = loss.draw(
                    run.tensor("x0"), Ops.scale(run.tensor("z1"), sigmaData), t, config.warmup(iteration), null);
            LossResult result = loss.loss(nets, draw);
            Tolerance ofTangent = difference ? Tolerance.FINITE_DIFFERENCE : Tolerance.VALUE;
            expected.offer(in + "t", t);
            expected.offer(in + "warmup_r", draw.warmup());
            expected.offer(in + "x_t", result.part("x_t"));
            expected.offer(in + "dx_dt", result.part("dx_dt"));
            expected.offer(in + "F", result.part("F"));
            expected.offer(in + "x0_pred", result.part("x0_pred"));
            expected.offer(in + "F_jvp_times_cos_sin", result.part("F_jvp_times_cos_sin"), ofTangent);
            expected.offer(in + "tangent_g", result.part("g"), ofTangent);
            expected.offer(in + "tangent_g_normalised", result.part("g_bounded"), ofTangent);
            expected.offer(in + "loss_unweighted", result.part("squared"), ofTangent);
            expected.offer(in + "loss_per_sample", result.perSample(), ofTangent);
            expected.offer(in + "loss_mean", result.total(), ofTangent);
            Tolerance ofGradient = difference ? Tolerance.FINITE_DIFFERENCE : Tolerance.JVP_GRADIENT;
            expected.offer(
                    in + "grad_logvar",
                    Grad.retain(result.total(), List.of(logvar)).get(0),
                    ofGradient);
            run.offerLayerGradients(in + "grad", result.total(), net, ofGradient);
        }
    }
}
