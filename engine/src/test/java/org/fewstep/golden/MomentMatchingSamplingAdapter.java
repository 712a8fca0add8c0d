package org.fewstep.golden;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.model.Cond;
import org.fewstep.model.GuidedFlowMap;
import org.fewstep.model.ImmScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.Path;
import org.fewstep.sample.MomentMatchingSampler;
import org.fewstep.sample.StepObserver;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Pushforward and restart sampling of inductive moment matching, guided or not, on its three grids. */
final class MomentMatchingSamplingAdapter implements Adapter {
    private static final Pattern VARIANT =
            Pattern.compile("(pushforward|restart)\\|([0-9]+)_(uniform|edm|mid)\\|cfg=(None|-?[0-9.]+)");

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        String schedule = params.choice("noise_schedule", "fm", "vp_cosine");
        ImmScaling scaling =
                ImmScalingAdapter.scaling(run, schedule, params.string("f_type"), params.string("temb_type"));
        double start = params.number("T");
        double end = params.number("eps");
        KarrasSpacing spacing = new KarrasSpacing(params.number("rho", 7));
        double[] mid = params.has("mid") ? params.object("mid").asDoubles() : new double[0];
        params.ignore("cfg"); // repeated in the names of the variants

        GoldenMlp net = run.mlp();
        Tensor z = run.tensor("z");
        double[] oneHot = run.numbers("labels_onehot");
        int classes = oneHot.length / z.dim(0);
        Cond labels = Cond.labels(run.device(), labels(oneHot, classes), classes);
        MomentMatchingSampler sampler = new MomentMatchingSampler(new GuidedFlowMap(net, classes), scaling);
        Tensor noises = run.tensor("restart_noise");
        NoiseSource noise = (number, like) -> Ops.reshape(
                Ops.slice(noises, 0, number, number + 1), like.shape().sizes());

        for (String variant : run.expected().keys()) {
            Matcher parts = VARIANT.matcher(variant);
            if (!parts.matches()) {
                continue; // reported as not offered
            }
            int steps = Integer.parseInt(parts.group(2));
            Path path = scaling.path();
            TimeGrid grid = switch (parts.group(3)) {
                case "uniform" -> TimeGrid.uniform(path, steps, start, end);
                case "edm" ->
                    TimeGrid.ofLevels(
                            path,
                            spacing.levels(
                                    steps + 1,
                                    path.at(start).rho(),
                                    path.at(end).rho()));
                default -> middle(path, steps, start, mid, end);
            };
            Cond cond =
                    parts.group(4).equals("None") ? labels : labels.withGuidance(Double.parseDouble(parts.group(4)));
            run.expected()
                    .offer(
                            variant,
                            parts.group(1).equals("pushforward")
                                    ? sampler.pushforward(z, grid, cond, StepObserver.NONE)
                                    : sampler.restart(z, grid, cond, noise, StepObserver.NONE));
        }
    }

    private static TimeGrid middle(Path path, int steps, double start, double[] mid, double end) {
        if (steps != mid.length + 1) {
            throw new AssertionError("got " + steps + " steps for " + mid.length + " middle levels");
        }
        double[] t = new double[steps + 1];
        t[0] = start;
        for (int i = 0; i < mid.length; i++) {
            t[i + 1] = path.atLevel(mid[i]).t();
        }
        t[steps] = end;
        return TimeGrid.of(path, t);
    }

    /** Classes of one-hot rows; a row of zeros is the null label. */
    private static int[] labels(double[] oneHot, int classes) {
        int[] labels = new int[oneHot.length / classes];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = classes;
            for (int c = 0; c < classes; c++) {
                if (oneHot[i * classes + c] == 1) {
                    labels[i] = c;
                }
            }
        }
        return labels;
    }
}
