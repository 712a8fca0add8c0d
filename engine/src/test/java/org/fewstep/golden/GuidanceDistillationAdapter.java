package org.fewstep.golden;

import java.util.Map;
import java.util.Set;
import org.fewstep.loss.GuidanceDistillation;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.Prediction;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.tensor.Tensor;

/** Stage one of guidance distillation for both predictions. */
final class GuidanceDistillationAdapter implements Adapter {
    private static final Map<String, Prediction> VARIANTS =
            Map.of("v_pred_snr_trunc", Prediction.V, "x_pred_snr_trunc", Prediction.X0);

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    /** A network of the cases: 2 / pi times the angle, w for 1 + w, and each label's own number. */
    static PredictionNet network(GoldenMlp net, double[] ofLabel) {
        return (z, t, cond) -> net.conditioned(z, Ops.scale(t, 2 / Math.PI), columns(cond, ofLabel));
    }

    /** What the columns w and c of a case are; the null label is 0. */
    static GoldenMlp.Columns columns(Cond cond, double[] ofLabel) {
        Tensor labels = cond.labels();
        if (labels == null) {
            throw new AssertionError("mlp: got no labels for the column c");
        }
        int[] each = labels.toInts();
        double[] c = new double[each.length];
        for (int i = 0; i < c.length; i++) {
            c[i] = each[i] == ofLabel.length ? 0 : ofLabel[each[i]];
        }
        Tensor scales = cond.scales();
        return new GoldenMlp.Columns(c, scales == null ? null : Ops.scaleShift(scales, 1, -1));
    }

    /** Each sample has a class of its own, since a case's condition is any number. */
    static int[] labels(int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i;
        }
        return labels;
    }

    @Override
    public void run(GoldenRun run) {
        double[] angle = ScheduleAdapter.map(run.numbers("logsnr"), l -> Math.atan(Math.exp(-l / 2)));
        double[] condition = run.numbers("c");
        int classes = condition.length;
        int[] labels = labels(classes);
        ExpectedArrays expected = run.expected();
        for (Map.Entry<String, Prediction> variant : VARIANTS.entrySet()) {
            String in = variant.getKey() + "/";
            if (!expected.keys().contains(variant.getKey())) {
                continue;
            }
            GuidanceDistillation loss = new GuidanceDistillation(new GuidanceDistillation.Config(
                    new TrigFlowSchedule(1),
                    variant.getValue(),
                    variant.getValue(),
                    (rng, step, n) -> angle,
                    0,
                    4,
                    new PairWeight.TruncatedSnr(),
                    classes));
            GoldenMlp net = run.mlp();
            LossResult result = loss.loss(
                    new GuidanceDistillation.Nets(
                            network(net, condition), network(run.mlp("teacher_model"), condition)),
                    loss.draw(run.tensor("x"), run.tensor("eps"), angle, run.numbers("w"), labels));
            expected.offer(in + "x_target", result.part("target"));
            expected.offer(in + "student_x", result.part("x0"));
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            if (variant.getValue() == Prediction.V) {
                expected.offer("z", result.part("z_t"));
            }
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
        expected.offer("tau", ScheduleAdapter.map(angle, a -> 2 * a / Math.PI));
    }
}
