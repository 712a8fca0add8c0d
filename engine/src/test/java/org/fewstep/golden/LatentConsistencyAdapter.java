package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LatentConsistency;
import org.fewstep.loss.LossResult;
import org.fewstep.model.FrequencyFeatures;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/** Guided consistency distillation of latent consistency models; options stand in the variants. */
final class LatentConsistencyAdapter implements Adapter {
    private static final Set<String> OPTIONS = Set.of("prediction_type", "loss_type", "huber_c");
    private static final int WIDTH = 8;
    private static final double PERIOD = 10_000;
    private static final double SCALE = 1000;

    @Override
    public Set<String> roles() {
        return Set.of("target_model", "teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    private static PredictionNet network(GoldenMlp net, double[] condition) {
        return (z, t, cond) -> net.conditioned(z, t, GuidanceDistillationAdapter.columns(cond, condition));
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        BetaTable table =
                BetaTable.scaledLinear(params.integer("T"), params.number("beta_start"), params.number("beta_end"));
        int steps = params.integer("num_ddim_timesteps");
        double[] condition = run.numbers("c");
        int classes = condition.length;
        int[] labels = GuidanceDistillationAdapter.labels(classes);
        int[] timesteps = {};
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            if (!expected.has(in + "prediction_type")) {
                continue; // a flat entry
            }
            JsonCursor type = expected.option(in + "prediction_type");
            Prediction prediction = switch (type.asString()) {
                case "epsilon" -> Prediction.EPS;
                case "v_prediction" -> Prediction.V;
                default -> throw type.fail(type.asString(), "epsilon or v_prediction", "no such prediction");
            };
            double c = expected.option(in + "huber_c").asDouble();
            JsonCursor form = expected.option(in + "loss_type");
            Distance distance = switch (form.asString()) {
                case "l2" -> new Distance.MeanSquare();
                case "huber" -> new Distance.ElementHuber(c);
                default -> throw form.fail(form.asString(), "l2 or huber", "no such distance");
            };
            LatentConsistency.Config config = new LatentConsistency.Config(
                    table,
                    steps,
                    prediction,
                    LatentConsistency.Clock.TIMESTEP,
                    params.number("timestep_scaling"),
                    params.number("sigma_data"),
                    5,
                    15,
                    distance,
                    classes);
            timesteps = config.timesteps();
            LatentConsistency loss = new LatentConsistency(config);
            LatentConsistency.Draw draw =
                    loss.draw(run.tensor("x0"), run.tensor("noise"), run.integers("index"), run.numbers("w"), labels);
            GoldenMlp net = run.mlp();
            LossResult result = loss.loss(
                    new LatentConsistency.Nets(
                            network(net, condition),
                            network(run.mlp("target_model"), condition),
                            network(run.mlp("teacher_model"), condition)),
                    draw);
            expected.offer(in + "start_timestep", draw.start());
            expected.offer(in + "end_timestep", draw.end());
            expected.offer(in + "z_start", result.part("z_t"));
            expected.offer(in + "x_prev", result.part("z_s"));
            expected.offer(in + "student_out", result.part("f"));
            expected.offer(in + "target", result.part("target"));
            expected.offer(in + "loss", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
        expected.offer("ddim_timesteps", timesteps);
        expected.offer("guidance_embedding", embedding(run));
    }

    /** The embedding of w with sines first. */
    private static Tensor embedding(GoldenRun run) {
        try (FrequencyFeatures features = FrequencyFeatures.positional(run.init(), WIDTH, PERIOD, true)) {
            Tensor cosFirst = features.of(Ops.scale(run.tensor("w"), SCALE));
            return Ops.concat(1, Ops.slice(cosFirst, 1, WIDTH / 2, WIDTH), Ops.slice(cosFirst, 1, 0, WIDTH / 2));
        }
    }
}
