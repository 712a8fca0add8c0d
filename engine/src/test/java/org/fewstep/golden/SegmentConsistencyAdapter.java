package org.fewstep.golden;

import java.util.Set;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.loss.SegmentConsistency;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Prediction;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Multistep consistency models, with a teacher and without, and their DDIM steps. */
final class SegmentConsistencyAdapter implements Adapter {
    /** The case's first time, where there is a little data left. */
    private static final double FIRST = 1 - 1e-4;

    private static final double RIGHT = Math.PI / 2;

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        int segments = params.integer("student_steps");
        int teacherSteps = params.integer("teacher_steps");
        double eta = params.number("eta");
        int total = params.integer("T");
        if (total != segments * Math.round((double) teacherSteps / segments)) {
            throw params.fail("T", Integer.toString(total), "the rounded teacher_steps of all segments");
        }
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            boolean distil = variant.equals("distill");
            if (!distil && !variant.equals("train")) {
                continue; // a flat entry
            }
            SegmentConsistency.Config config = new SegmentConsistency.Config(
                    new TrigFlowSchedule(1),
                    Prediction.V,
                    RIGHT,
                    0,
                    segments,
                    new ScaleSchedule.Fixed(teacherSteps),
                    distil ? eta : 0,
                    0,
                    0);
            SegmentConsistency loss = new SegmentConsistency(config);
            SegmentConsistency.Steps steps =
                    loss.steps(run.integers("step"), run.integers("n_rel"), config.stepsPerSegment(0));
            GoldenMlp net = run.mlp();
            PredictionNet teacher = distil ? ProgressiveDistillationAdapter.ofAngle(run.mlp("teacher_model")) : null;
            LossResult result = loss.loss(
                    new SegmentConsistency.Nets(ProgressiveDistillationAdapter.ofAngle(net), teacher),
                    loss.draw(run.tensor("x"), run.tensor("eps"), steps, null));
            String in = variant + "/";
            for (String part : new String[] {"z_t", "x_teacher", "x_var", "z_s", "x_ref"}) {
                expected.offer(in + part, result.part(part));
            }
            expected.offer(in + "z_ref_tstep", result.part("z_end"));
            expected.offer(in + "x_target", result.part("target"));
            expected.offer(in + "x_hat", result.part("x0"));
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
            if (distil) {
                expected.offer("t", steps.t());
                expected.offer("s", steps.s());
                expected.offer("t_step", steps.end());
            }
        }
        expected.offer("ddim_sample", sample(run, segments));
    }

    private static Tensor sample(GoldenRun run, int segments) {
        TrigFlowSchedule schedule = new TrigFlowSchedule(1);
        double[] t = new double[segments + 1];
        for (int i = 0; i < segments; i++) {
            t[i] = RIGHT * (i == 0 ? FIRST : 1 - (double) i / segments);
        }
        return Sampler.run(
                new Ddim(0).plan(TimeGrid.of(schedule, t)),
                ProgressiveDistillationAdapter.x0(
                        ProgressiveDistillationAdapter.ofAngle(run.mlp()), Prediction.V, schedule),
                run.tensor("z_T"));
    }
}
