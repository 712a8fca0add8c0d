package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.ConsistencyDistillation;
import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Distance;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.KarrasPairs;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.loss.TeacherStep;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;

/** The discrete losses of consistency models, with a teacher and without. */
final class ConsistencyPairsAdapter implements Adapter {
    private final boolean distillation;

    ConsistencyPairsAdapter(boolean distillation) {
        this.distillation = distillation;
    }

    @Override
    public Set<String> roles() {
        return distillation ? Set.of("target_model", "teacher_model") : Set.of("target_model");
    }

    /** The grid that the params of a case name. */
    static KarrasGrid grid(Options params) {
        return new KarrasGrid(params.number("sigma_min"), params.number("sigma_max"), params.number("rho"));
    }

    /** The weight that a name of openai/consistency_models stands for. */
    static PairWeight weight(Options params, double sigmaData) {
        String name = params.string("weight_schedule");
        return switch (name) {
            case "uniform" -> new PairWeight.Uniform();
            case "snr" -> new PairWeight.Snr();
            case "snr+1" -> new PairWeight.SnrPlusOne();
            case "karras" -> new PairWeight.Karras(sigmaData);
            case "truncated-snr" -> new PairWeight.TruncatedSnr();
            default -> throw params.fail("weight_schedule", name, "uniform, snr, snr+1, karras or truncated-snr");
        };
    }

    /** The distances of a case by name, in its order; each is a variant of what is expected. */
    static Distance distance(JsonCursor name) {
        return switch (name.asString()) {
            case "l2" -> new Distance.MeanSquare();
            case "l1" -> new Distance.MeanAbsolute();
            default -> throw name.fail("\"" + name.asString() + "\"", "l2 or l1", "no adapter knows this distance");
        };
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double sigmaData = params.number("sigma_data");
        KarrasGrid grid = grid(params);
        int scales = params.integer("num_scales");
        KarrasPairs law = new KarrasPairs(grid, new ScaleSchedule.Fixed(scales));
        TimePairs pairs = law.pairs(run.integers("indices"), scales);
        PairWeight weight = weight(params, sigmaData);
        SigmaScaling scaling = new SigmaScaling(sigmaData, grid.sigmaMin());
        for (JsonCursor norm : params.object("loss_norms").elements()) {
            ConsistencyTraining.Config config = new ConsistencyTraining.Config(law, distance(norm), weight);
            GoldenMlp net = run.mlp();
            PredictionNet student = scaling.around(net);
            PredictionNet target = scaling.around(run.mlp("target_model"));
            Tensor x0 = run.tensor("x0");
            Tensor z = run.tensor("noise");
            LossResult result;
            if (distillation) {
                PredictionNet teacher = SigmaScaling.edm(sigmaData).around(run.mlp("teacher_model"));
                ConsistencyDistillation loss = new ConsistencyDistillation(TeacherStep.HEUN, config);
                result = loss.loss(
                        new ConsistencyDistillation.Nets(student, target, teacher), loss.draw(x0, z, pairs, null));
            } else {
                ConsistencyTraining loss = new ConsistencyTraining(config);
                result = loss.loss(new ConsistencyTraining.Nets(student, target), loss.draw(x0, z, pairs, null));
            }
            String variant = norm.asString() + "/";
            ExpectedArrays expected = run.expected();
            expected.offer(variant + "t", pairs.t());
            expected.offer(variant + "t_next", pairs.r());
            expected.offer(variant + "x_t", result.part("x_t"));
            expected.offer(variant + "x_next", result.part("x_r"));
            expected.offer(variant + "student_out", result.part("f_t"));
            expected.offer(variant + "target_out", result.part("target"));
            expected.offer(variant + "loss_per_sample", result.perSample());
            expected.offer(variant + "loss_mean", result.total());
            run.offerLayerGradients(variant + "grad", result.total(), net, Tolerance.VALUE);
        }
    }
}
