package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.ShortcutModel;
import org.fewstep.op.Ops;
import org.fewstep.path.NarrowingPath;
import org.fewstep.tensor.Tensor;

/** Shortcut models: the first rows learn from half steps, then the first rows again by flow matching. */
final class ShortcutModelAdapter implements Adapter {
    private static final double SIGMA_MIN = 1e-5;

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        int finest = params.integer("denoise_timesteps");
        int every = params.integer("bootstrap_every");
        int classes = params.integer("num_classes");
        requireZero(params, "bootstrap_dt_bias");
        requireZero(params, "bootstrap_ema");
        int guided = params.integer("bootstrap_cfg");
        double scale = params.number("cfg_scale");
        if (guided != 0 && guided != 1) {
            throw params.fail("bootstrap_cfg", "" + guided, "0 or 1");
        }
        Tensor x1 = run.tensor("x1");
        int batch = x1.dim(0);
        if (params.integer("batch_size", batch) != batch) {
            throw params.fail("batch_size", "" + params.integer("batch_size"), "" + batch + ", as x1 has");
        }
        ShortcutModel loss = new ShortcutModel(new ShortcutModel.Config(
                new NarrowingPath(SIGMA_MIN),
                finest,
                every,
                guided == 1 ? scale : 1,
                params.number("class_dropout_prob"),
                classes));

        int halved = batch / every;
        int others = batch - halved;
        int finestLevel = Integer.numberOfTrailingZeros(finest);
        int[] level = Arrays.copyOf(loss.levels(halved), batch);
        Arrays.fill(level, halved, batch, finestLevel);
        int[] first = run.integers("t_int_bootstrap");
        int[] second = run.integers("t_int_flow");
        int[] given = run.integers("labels");
        int[] drop = run.integers("label_drop");
        double[] t = new double[batch];
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            int row = i < halved ? i : i - halved;
            t[i] = loss.time(i < halved ? first[row] : second[row], level[i]);
            labels[i] = i >= halved && drop[row] == 1 ? classes : given[row];
        }
        Tensor data = joined(Ops.slice(x1, 0, 0, halved), Ops.slice(x1, 0, 0, others));
        Tensor noise = joined(run.tensor("noise_bootstrap"), Ops.slice(run.tensor("noise_flow"), 0, 0, others));
        ShortcutModel.Draw draw = loss.draw(data, noise, t, level, halved, labels);

        GoldenMlp net = run.mlp();
        LossResult result = loss.loss(new ShortcutModel.Nets(net, net), draw);
        ExpectedArrays expected = run.expected();
        expected.offer("x_t", result.part("x_t"));
        expected.offer("v_target", result.part("target"));
        expected.offer("t", draw.t());
        expected.offer("dt_base", draw.level());
        expected.offer("labels_out", draw.labels());
        expected.offer("pred", result.part("u"));
        expected.offer("mse", result.perSample());
        expected.offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.VALUE);
    }

    private static Tensor joined(Tensor first, Tensor second) {
        return first.dim(0) == 0 ? second : Ops.concat(0, first, second);
    }

    private static void requireZero(Options params, String key) {
        if (params.integer(key) != 0) {
            throw params.fail(key, "" + params.integer(key), "0");
        }
    }
}
