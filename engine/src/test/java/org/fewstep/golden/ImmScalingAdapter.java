package org.fewstep.golden;

import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sum;

import java.util.Arrays;
import org.fewstep.loss.SnrSigmoidWeight;
import org.fewstep.model.Cond;
import org.fewstep.model.ImmScaling;
import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;

/** The maps of inductive moment matching on both schedules. */
final class ImmScalingAdapter implements Adapter {
    static Path path(String schedule) {
        return switch (schedule) {
            case "fm" -> LinearPath.NOISE_AT_ONE;
            case "vp_cosine" -> new CosinePath().reversed();
            default -> throw new AssertionError("unknown schedule " + schedule);
        };
    }

    static ImmScaling scaling(GoldenRun run, String schedule, String form, String second) {
        return new ImmScaling(
                path(schedule),
                switch (form) {
                    case "identity" -> ImmScaling.Form.IDENTITY;
                    case "simple_edm" -> ImmScaling.Form.SIMPLE_EDM;
                    case "euler_fm" -> ImmScaling.Form.EULER;
                    default -> throw new AssertionError("unknown f type " + form);
                },
                switch (second) {
                    case "identity" -> ImmScaling.SecondTime.END;
                    case "stride" -> ImmScaling.SecondTime.STRIDE;
                    default -> throw new AssertionError("unknown second time " + second);
                },
                run.params().number("sigma_data"),
                run.params().number("time_scale"));
    }

    @Override
    public void run(GoldenRun run) {
        double[] t = run.numbers("t");
        double[] s = run.numbers("s");
        for (String variant : run.expected().keys()) {
            String[] parts = variant.split("\\|");
            if (parts.length == 3) {
                Tensor x = run.tensor("x");
                ImmScaling scaling = scaling(run, parts[0], parts[1], parts[2]);
                GoldenMlp net = run.mlp();
                Tensor f = scaling.map(net, x, scaling.at(t, s, x), Cond.NONE);
                run.expected().offer(variant + "/f_st", f);
                run.expected()
                        .offer(
                                variant + "/sum_sq_grad_W0",
                                net.gradients(sum(square(f))).get("W0"));
            } else if (parts.length == 2 && parts[1].equals("schedule")) {
                schedule(run, variant + "/", path(parts[0]), t);
            } else if (parts.length == 2 && parts[1].equals("ddim_t_to_r")) {
                // The form whose network predicts data, with the data itself as the prediction.
                Tensor y = run.tensor("y");
                ImmScaling ddim = scaling(run, parts[0], "identity", "identity");
                Tensor xt = path(parts[0]).xt(y, run.tensor("eps_scaled_by_sigma_data"), t);
                run.expected()
                        .offer(
                                variant,
                                ddim.map((x, from, to, cond) -> y, xt, ddim.at(t, run.numbers("r"), y), Cond.NONE));
            }
        }
    }

    private static void schedule(GoldenRun run, String in, Path path, double[] t) {
        double[] level = Arrays.stream(t).map(time -> path.at(time).rho()).toArray();
        ExpectedArrays expected = run.expected();
        expected.offer(in + "alpha", Arrays.stream(t).map(path::alpha).toArray());
        expected.offer(in + "sigma", Arrays.stream(t).map(path::sigma).toArray());
        expected.offer(
                in + "logsnr",
                Arrays.stream(t)
                        .map(time -> SnrSigmoidWeight.logSnr(path, time))
                        .toArray());
        expected.offer(in + "nt=sigma/alpha", level);
        expected.offer(
                in + "t_from_nt",
                Arrays.stream(level).map(eta -> path.atLevel(eta).t()).toArray());
        expected.offer(in + "x_t", path.xt(run.tensor("y"), run.tensor("eps_scaled_by_sigma_data"), t));
    }
}
