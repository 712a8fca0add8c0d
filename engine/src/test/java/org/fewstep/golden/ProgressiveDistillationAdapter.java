package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.Distance;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ProgressiveDistillation;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.Field;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Progressive distillation on EDM's levels, and on a cosine schedule with its ends cut, whose angle is its time. */
final class ProgressiveDistillationAdapter implements Adapter {
    private static final Set<String> OPTIONS = Set.of("mean_type", "weight", "ddim_init");

    private final boolean karras;

    ProgressiveDistillationAdapter(boolean karras) {
        this.karras = karras;
    }

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return !karras && OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    @Override
    public void run(GoldenRun run) {
        if (karras) {
            onLevels(run);
        } else {
            onAngles(run);
        }
    }

    private static void onLevels(GoldenRun run) {
        Options params = run.params();
        KarrasGrid grid = ConsistencyPairsAdapter.grid(params);
        double sigmaData = params.number("sigma_data");
        int steps = params.integer("num_scales");
        PairWeight weight = ConsistencyPairsAdapter.weight(params, sigmaData);
        for (JsonCursor norm : params.object("loss_norms").elements()) {
            ProgressiveDistillation loss = new ProgressiveDistillation(new ProgressiveDistillation.Config(
                    new EdmSchedule(),
                    Prediction.X0,
                    new KarrasSpacing(grid.rho()),
                    grid.sigmaMax(),
                    grid.sigmaMin(),
                    new ScaleSchedule.Fixed(steps),
                    false,
                    ConsistencyPairsAdapter.distance(norm),
                    weight,
                    0,
                    0,
                    null));
            GoldenMlp net = run.mlp();
            SigmaScaling scaling = SigmaScaling.edm(sigmaData);
            ProgressiveDistillation.Steps times = loss.steps(run.integers("indices"), steps);
            LossResult result = loss.loss(
                    new ProgressiveDistillation.Nets(scaling.around(net), scaling.around(run.mlp("teacher_model"))),
                    loss.draw(run.tensor("x0"), run.tensor("noise"), times, null, null));
            ExpectedArrays expected = run.expected();
            String in = norm.asString() + "/";
            expected.offer(in + "t", times.t());
            expected.offer(in + "t_mid", times.m());
            expected.offer(in + "t_end", times.s());
            expected.offer(in + "x_t", result.part("z_t"));
            expected.offer(in + "x_mid", result.part("z_m"));
            expected.offer(in + "x_end", result.part("z_s"));
            expected.offer(in + "x_target", result.part("target"));
            expected.offer(in + "student_out", result.part("x0"));
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
    }

    /** The schedule logsnr(u) = -2 ln tan(a u + b) with the angle as time. */
    private record Angles(double a, double b) {
        static Angles of(Options params) {
            double b = Math.atan(Math.exp(-0.5 * params.number("logsnr_max")));
            return new Angles(Math.atan(Math.exp(-0.5 * params.number("logsnr_min"))) - b, b);
        }

        double at(double u) {
            return a * u + b;
        }
    }

    private static double logSnr(double angle) {
        return -2 * Math.log(Math.tan(angle));
    }

    /** A network of the cases, which gets 2 / pi times the angle. */
    static PredictionNet ofAngle(GoldenMlp net) {
        return (z, t, cond) -> net.v(z, Ops.scale(t, 2 / Math.PI), cond);
    }

    static Prediction prediction(JsonCursor name) {
        return switch (name.asString()) {
            case "x" -> Prediction.X0;
            case "eps" -> Prediction.EPS;
            case "v" -> Prediction.V;
            default -> throw name.fail(name.asString(), "x, eps or v", "no such prediction");
        };
    }

    private static PairWeight weight(JsonCursor name) {
        return switch (name.asString()) {
            case "constant" -> new PairWeight.Uniform();
            case "snr" -> new PairWeight.Snr();
            case "snr_trunc" -> new PairWeight.TruncatedSnr();
            case "v_mse" -> new PairWeight.SnrPlusOne();
            default -> throw name.fail(name.asString(), "constant, snr, snr_trunc or v_mse", "no such weight");
        };
    }

    private static void onAngles(GoldenRun run) {
        Options params = run.params();
        Angles angles = Angles.of(params);
        TrigFlowSchedule schedule = new TrigFlowSchedule(1);
        int count = params.integer("num_student_steps");
        ExpectedArrays expected = run.expected();
        expected.offer(
                "logsnr_at_schedule_u", ScheduleAdapter.map(run.numbers("schedule_u"), u -> logSnr(angles.at(u))));
        // The published code counts steps from the clean end.
        int[] index = run.integers("i");
        int[] fromNoise = new int[index.length];
        double[] u = new double[index.length];
        for (int i = 0; i < index.length; i++) {
            fromNoise[i] = count - 1 - index[i];
            u[i] = (index[i] + 1.0) / count;
        }
        for (String variant : expected.keys()) {
            String in = variant + "/";
            if (!expected.has(in + "mean_type")) {
                continue; // a flat entry
            }
            Prediction prediction = prediction(expected.option(in + "mean_type"));
            ProgressiveDistillation loss = new ProgressiveDistillation(new ProgressiveDistillation.Config(
                    schedule,
                    prediction,
                    new PowerSpacing(1),
                    angles.at(1),
                    angles.at(0),
                    new ScaleSchedule.Fixed(count),
                    true,
                    new Distance.MeanSquare(),
                    weight(expected.option(in + "weight")),
                    0,
                    0,
                    null));
            GoldenMlp net = run.mlp();
            ProgressiveDistillation.Steps times = loss.steps(fromNoise, count);
            LossResult result = loss.loss(
                    new ProgressiveDistillation.Nets(ofAngle(net), ofAngle(run.mlp("teacher_model"))),
                    loss.draw(run.tensor("x"), run.tensor("eps"), times, null, null));
            expected.offer(in + "u", u);
            expected.offer(in + "logsnr_t", ScheduleAdapter.map(times.t(), ProgressiveDistillationAdapter::logSnr));
            expected.offer(in + "logsnr_mid", ScheduleAdapter.map(times.m(), ProgressiveDistillationAdapter::logSnr));
            expected.offer(in + "logsnr_s", ScheduleAdapter.map(times.s(), ProgressiveDistillationAdapter::logSnr));
            expected.offer(in + "z_t", result.part("z_t"));
            expected.offer(in + "z_mid", result.part("z_m"));
            expected.offer(in + "z_s", result.part("z_s"));
            PathCoefficients at = PathCoefficients.of(schedule, times.t());
            Tensor target = result.part("target");
            expected.offer(in + "x_target", target);
            expected.offer(in + "v_target", Prediction.X0.to(Prediction.V, target, result.part("z_t"), at));
            expected.offer(in + "eps_target", Prediction.X0.to(Prediction.EPS, target, result.part("z_t"), at));
            expected.offer(in + "student_x", result.part("x0"));
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
            if (expected.has(in + "ddim_init")) {
                double[][] start = rows(expected.option(in + "ddim_init"));
                Tensor z = Tensor.of(run.device(), run.dtype(), flat(start), start.length, start[0].length);
                expected.offer(in + "ddim_sample", sample(net, prediction, angles, count, z));
            }
        }
    }

    private static double[][] rows(JsonCursor list) {
        double[][] rows = new double[list.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = list.at(i).asDoubles();
        }
        return rows;
    }

    private static double[] flat(double[][] rows) {
        double[] all = new double[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        return all;
    }

    /** DDIM in so many steps, the last of which gives x0. */
    private static Tensor sample(GoldenMlp net, Prediction prediction, Angles angles, int count, Tensor start) {
        TrigFlowSchedule schedule = new TrigFlowSchedule(1);
        double[] t = new double[count + 1];
        for (int i = 0; i < count; i++) {
            t[i] = angles.at(1 - (double) i / count);
        }
        t[count] = 0; // clean, so that the last step ends in x0
        return Sampler.run(new Ddim(0).plan(TimeGrid.of(schedule, t)), x0(ofAngle(net), prediction, schedule), start);
    }

    /** A network's x0 as a field. */
    static Field x0(PredictionNet net, Prediction prediction, TrigFlowSchedule schedule) {
        return (z, point) -> prediction.to(
                Prediction.X0,
                net.of(z, Tensor.full(z.device(), z.dtype(), point.t(), Shape.of(z.dim(0))), Cond.NONE),
                z,
                PathCoefficients.of(schedule, point.t()));
    }

    @Override
    public double f32Bound() {
        return karras ? 2e-4 : 5e-3;
    }
}
