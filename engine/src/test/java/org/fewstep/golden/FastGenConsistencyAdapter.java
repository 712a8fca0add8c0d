package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.ConsistencyDistillation;
import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.RatioPairs;
import org.fewstep.loss.TeacherStep;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;

/** FastGen's consistency losses; options stand in the variants. */
final class FastGenConsistencyAdapter implements Adapter {
    /** As the reference has it in one of its weights, whatever the data. */
    private static final double FIXED_SIGMA_DATA = 0.5;

    private static final Set<String> OPTIONS = Set.of("use_cd", "huber_c", "weighting", "squared");

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    /** The pairs of a case's levels, by FastGen's map. */
    static RatioPairs law(Options params) {
        double ratio = params.number("ratio");
        return new RatioPairs((rng, step, n) -> new double[n], step -> ratio, 8, 1, params.number("min_r"));
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double ratio = params.number("ratio");
        RatioPairs law = law(params);
        TimePairs pairs = law.pairs(run.numbers("t"), ratio);
        SigmaScaling scaling = SigmaScaling.edm(params.number("sigma_data"));
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            double c = expected.option(in + "huber_c").asDouble();
            boolean squared = expected.option(in + "squared").asBool();
            boolean distillation = expected.option(in + "use_cd").asBool();
            JsonCursor weighting = expected.option(in + "weighting");
            PairWeight weight = switch (weighting.asString()) {
                case "default" -> new PairWeight.InverseSpan();
                case "sqrt" -> new PairWeight.InverseRootSpan();
                case "c_out" -> new PairWeight.InverseOut(FIXED_SIGMA_DATA, 1);
                default -> throw weighting.fail(weighting.asString(), "default, sqrt or c_out", "no such weight");
            };
            Distance distance = squared ? new Distance.SquaredNorm() : Distance.huberOrNorm(c);
            ConsistencyTraining.Config config = new ConsistencyTraining.Config(law, distance, weight);
            GoldenMlp net = run.mlp();
            PredictionNet student = scaling.around(net);
            Tensor x0 = run.tensor("x0");
            Tensor eps = run.tensor("eps");
            LossResult result;
            if (distillation) {
                PredictionNet teacher = scaling.around(run.mlp("teacher_model"));
                ConsistencyDistillation loss = new ConsistencyDistillation(TeacherStep.EULER, config);
                result = loss.loss(
                        new ConsistencyDistillation.Nets(student, student, teacher), loss.draw(x0, eps, pairs, null));
            } else {
                ConsistencyTraining loss = new ConsistencyTraining(config);
                result = loss.loss(ConsistencyTraining.Nets.of(student), loss.draw(x0, eps, pairs, null));
            }
            expected.offer(in + "r", pairs.r());
            expected.offer(in + "x_t", result.part("x_t"));
            expected.offer(in + "x_r", result.part("x_r"));
            expected.offer(in + "f_t", result.part("f_t"));
            expected.offer(in + "loss_unweighted", result.part("distance"));
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
    }

    @Override
    public double f32Bound() {
        return 5e-4;
    }
}
