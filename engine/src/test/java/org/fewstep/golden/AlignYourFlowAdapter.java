package org.fewstep.golden;

import org.fewstep.loss.AlignYourFlowEmd;
import org.fewstep.loss.AlignYourFlowLmd;
import org.fewstep.loss.GuidedTeacher;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.TrigFlowConsistency;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.SpanPairs;
import org.fewstep.path.TimePairs;

/** Eulerian and Lagrangian distillation of Align Your Flow from an autoguided teacher. */
final class AlignYourFlowAdapter implements Adapter {
    private final boolean eulerian;

    AlignYourFlowAdapter(boolean eulerian) {
        this.eulerian = eulerian;
    }

    @Override
    public void run(GoldenRun run) {
        run.requireRoles("set", "student", "teacher", "weak");
        if (eulerian) {
            eulerian(run);
        } else {
            lagrangian(run);
        }
    }

    private static AlignYourFlowEmd.Config config() {
        return new AlignYourFlowEmd.Config(new SpanPairs(new LogitNormalTimes(0, 1)), 1, 3, 0, 1, 0, 0);
    }

    private static TimePairs times(GoldenRun run) {
        return new TimePairs(run.numbers("t"), run.numbers("s"));
    }

    private static GuidedTeacher teacher(GoldenRun run) {
        return new GuidedTeacher(run.mlp("model", "teacher"), run.mlp("model", "weak"));
    }

    private static void eulerian(GoldenRun run) {
        double warmup = run.params().number("r");
        TrigFlowConsistency.Bound bound =
                new TrigFlowConsistency.Bound.Normalised(run.params().number("c"), false);
        ExpectedArrays expected = run.expected();
        for (AlignYourFlowEmd.Space space : AlignYourFlowEmd.Space.values()) {
            GoldenMlp student = run.mlp("model", "student");
            AlignYourFlowEmd loss = new AlignYourFlowEmd(config(), bound, space);
            LossResult result = loss.loss(
                    new AlignYourFlowEmd.Nets(student, teacher(run)),
                    loss.draw(run.tensor("x0"), run.tensor("noise"), times(run), run.numbers("lambda"), warmup, null));
            if (space == AlignYourFlowEmd.Space.MAP) {
                expected.offer("loss_f_revsic", result.total());
                run.offerGradients("grad_f_", result.total(), student, Tolerance.JVP_GRADIENT);
                continue;
            }
            for (String part : new String[] {"x_t", "v_guided", "F", "dF_dt", "df_dt", "g", "g_normalised"}) {
                expected.offer(part, result.part(part));
            }
            expected.offer("loss_F_unnormalised", result.error());
            expected.offer("loss_F", result.total());
            run.offerGradients("grad_", result.total(), student, Tolerance.JVP_GRADIENT);
        }
    }

    private static void lagrangian(GoldenRun run) {
        GoldenMlp student = run.mlp("model", "student");
        AlignYourFlowLmd loss = new AlignYourFlowLmd(config());
        LossResult result = loss.loss(
                new AlignYourFlowLmd.Nets(student, teacher(run)),
                loss.draw(run.tensor("x0"), run.tensor("noise"), times(run), run.numbers("lambda"), 1, null));
        for (String part : new String[] {"x_t", "f", "df_ds", "v_at_f", "g"}) {
            run.expected().offer(part, result.part(part));
        }
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), student, Tolerance.JVP_GRADIENT);
    }
}
