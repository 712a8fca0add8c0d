package org.fewstep.golden;

import static org.fewstep.golden.Layers.get;

import java.util.Set;
import org.fewstep.golden.LayerAdapter.Layer;
import org.fewstep.io.JsonCursor;
import org.fewstep.model.Cond;
import org.fewstep.model.Dit;
import org.fewstep.model.DitConfig;
import org.fewstep.model.TimePair;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** The published DiT and SiT; the second returns the first C of its channels. */
final class Transformers {
    static final Set<String> CONFIG = Set.of(
            "input_size",
            "patch_size",
            "in_channels",
            "hidden_size",
            "depth",
            "num_heads",
            "mlp_ratio",
            "class_dropout_prob",
            "num_classes",
            "learn_sigma");

    /** Channels that the published guidance mixes. */
    private static final int GUIDED = 3;

    private Transformers() {}

    @FunctionalInterface
    private interface Call {
        Tensor of(Dit net, Tensor x, Tensor t, Cond cond);
    }

    static Layer dit(GoldenRun run, JsonCursor config) {
        return layer(run, config, Dit::channels);
    }

    static Layer sit(GoldenRun run, JsonCursor config) {
        return layer(run, config, Dit::v);
    }

    private static Layer layer(GoldenRun run, JsonCursor config, Call call) {
        DitConfig c = config(config);
        int[] labels = run.integers("class_labels");
        double scale = run.params().number("cfg_scale");
        Cond cond = Cond.labels(run.device(), labels, c.classes());
        Dit net = new Dit(run.init(), c);
        return Layer.of(net, in -> call.of(net, get(in, "x"), get(in, "t"), cond))
                .with(expected -> expected.offer("output_with_cfg", guided(run, net, call, labels[0], scale)));
    }

    private static DitConfig config(JsonCursor c) {
        return new DitConfig(
                c.get("input_size").asInt(),
                c.get("patch_size").asInt(),
                c.get("in_channels").asInt(),
                c.get("hidden_size").asInt(),
                c.get("depth").asInt(),
                c.get("num_heads").asInt(),
                c.get("mlp_ratio").asDouble(),
                c.get("num_classes").asInt(),
                c.get("class_dropout_prob").asDouble() > 0,
                c.get("learn_sigma").asBool(),
                1,
                TimePair.SPAN,
                1,
                false,
                false);
    }

    /** Sample 0 with its label and without one; uncond + scale (cond - uncond) of the guided channels in both halves. */
    private static Tensor guided(GoldenRun run, Dit net, Call call, int label, double scale) {
        Tensor x = Ops.slice(run.tensor("x"), 0, 0, 1);
        Tensor t = Ops.slice(run.tensor("t"), 0, 0, 1);
        Cond both = Cond.labels(
                run.device(),
                new int[] {label, net.config().classes()},
                net.config().classes());
        Tensor out = call.of(net, Ops.concat(0, x, x), Ops.concat(0, t, t), both);
        int channels = Math.min(GUIDED, out.dim(1));
        Tensor mixed = Ops.slice(out, 1, 0, channels);
        Tensor with = Ops.slice(mixed, 0, 0, 1);
        Tensor without = Ops.slice(mixed, 0, 1, 2);
        Tensor half = Ops.add(without, Ops.scale(Ops.sub(with, without), scale));
        return Ops.concat(1, Ops.concat(0, half, half), Ops.slice(out, 1, channels, out.dim(1)));
    }
}
