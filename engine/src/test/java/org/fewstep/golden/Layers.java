package org.fewstep.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.fewstep.golden.LayerAdapter.Builder;
import org.fewstep.golden.LayerAdapter.Layer;
import org.fewstep.io.JsonCursor;
import org.fewstep.model.ClassEmbedding;
import org.fewstep.model.Conv;
import org.fewstep.model.CrossEntropy;
import org.fewstep.model.Dropout;
import org.fewstep.model.FirFilter;
import org.fewstep.model.FrequencyFeatures;
import org.fewstep.model.GroupNorm;
import org.fewstep.model.Init;
import org.fewstep.model.LayerNorm;
import org.fewstep.model.Linear;
import org.fewstep.model.Module;
import org.fewstep.model.ResampleConv;
import org.fewstep.model.RmsNorm;
import org.fewstep.model.SelfAttention;
import org.fewstep.model.StateDict;
import org.fewstep.model.TransposedConv;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The layers and networks of the family networks, by file name. */
final class Layers {
    static final Map<String, Adapter> ADAPTERS = adapters();

    private Layers() {}

    private static Map<String, Adapter> adapters() {
        Map<String, Adapter> all = new LinkedHashMap<>();
        plain(all, "silu", "silu", (run, config) -> Layer.of(in -> Ops.silu(get(in, "x"))));
        plain(all, "gelu_exact", "gelu_exact", (run, config) -> Layer.of(in -> Ops.gelu(get(in, "x"))));
        plain(all, "gelu_tanh", "gelu_tanh", (run, config) -> Layer.of(in -> Ops.geluTanh(get(in, "x"))));
        plain(
                all,
                "resample_average_down2",
                "Resample",
                (run, config) -> Layer.of(in -> Ops.averagePool(get(in, "x"), 2)));
        plain(
                all,
                "resample_nearest_up2",
                "Resample",
                (run, config) -> Layer.of(in -> Ops.upsampleNearest(get(in, "x"), 2)));
        layer(all, "resample_fir_", "Resample", Set.of("up", "down", "resample_filter"), Layers::fir);
        layer(
                all,
                "conv_",
                "ResampleConv2d",
                Set.of("in_channels", "out_channels", "kernel", "up", "down", "resample_filter", "fused_resample"),
                Layers::resampleConv);
        layer(
                all,
                "conv2d_",
                "Conv2d",
                Set.of("in_channels", "out_channels", "kernel", "stride", "padding"),
                Layers::conv);
        layer(
                all,
                "conv_transpose2d",
                "ConvTranspose2d",
                Set.of("in_channels", "out_channels", "kernel", "stride", "padding", "output_padding", "weight_layout"),
                Layers::transposedConv);
        layer(all, "group_norm", "GroupNorm", Set.of("channels", "groups", "eps"), (run, c) -> {
            GroupNorm norm = new GroupNorm(
                    run.init(),
                    c.get("channels").asInt(),
                    c.get("groups").asInt(),
                    c.get("eps").asDouble());
            return Layer.of(norm, in -> norm.of(get(in, "x")));
        });
        layer(all, "layer_norm", "LayerNorm", Set.of("features", "eps"), (run, c) -> {
            LayerNorm norm = new LayerNorm(
                    run.init(), c.get("features").asInt(), c.get("eps").asDouble());
            return Layer.of(norm, in -> norm.of(get(in, "x")));
        });
        layer(all, "rms_norm", "RmsNorm", Set.of("features", "eps"), (run, c) -> {
            RmsNorm norm = new RmsNorm(
                    run.init(), c.get("features").asInt(), c.get("eps").asDouble());
            return Layer.of(norm, in -> norm.of(get(in, "x")));
        });
        layer(all, "adaln_zero", "AdaLNZeroBranch", Set.of("features", "tokens", "eps"), Layers::adaLnZero);
        layer(
                all,
                "multi_head_self_attention",
                "MultiHeadSelfAttention",
                Set.of("features", "heads", "tokens", "qkv_bias", "proj_bias"),
                Layers::selfAttention);
        layer(
                all,
                "unet_attention",
                "UNetAttentionCore",
                Set.of("channels_per_head", "pixels"),
                (run, c) -> Layer.of(in -> Ops.pixelAttention(get(in, "qkv"))));
        layer(
                all,
                "cross_entropy",
                "CrossEntropy",
                Set.of("labels", "targets", "label_smoothing"),
                Layers::crossEntropy);
        layer(all, "dropout_given_mask", "Dropout", Set.of("p"), Layers::dropout);
        layer(
                all,
                "embedding_dit_sinusoidal",
                "SinusoidalEmbedding",
                Set.of("dim", "max_period"),
                (run, c) -> time(FrequencyFeatures.geometric(
                        run.init(), c.get("dim").asInt(), c.get("max_period").asDouble())));
        layer(
                all,
                "embedding_edm_positional",
                "PositionalEmbedding",
                Set.of("num_channels", "max_positions", "endpoint"),
                (run, c) -> time(FrequencyFeatures.positional(
                        run.init(),
                        c.get("num_channels").asInt(),
                        c.get("max_positions").asDouble(),
                        c.get("endpoint").asBool())));
        all.put(
                "layer_embedding_edm_fourier",
                new LayerAdapter(
                        "layer", "FourierEmbedding", Set.of("num_channels"), Set.of("buffers"), Layers::fourier));
        layer(
                all,
                "label_embedding_with_drop",
                "LabelEmbedding",
                Set.of("num_classes", "features", "labels", "drop_ids"),
                Layers::labels);
        all.put("layer_position_table_2d", new PositionTableAdapter());
        network(all, "dit", "DiT", Transformers.CONFIG, Transformers::dit);
        network(all, "sit", "SiT", Transformers.CONFIG, Transformers::sit);
        network(all, "songunet_", "SongUNet", UNets.SONG, UNets::song);
        network(all, "edm_precond", "EDMPrecond", UNets.EDM, UNets::edm);
        network(all, "unet2d_diffusers", "UNet2DModel", UNets.DIFFUSERS, UNets::diffusers);
        all.put(
                "dhariwal_unet",
                new LayerAdapter(
                        "network", "DhariwalUNet", UNets.DHARIWAL, Set.of("channels_per_head"), UNets::dhariwal));
        return Map.copyOf(all);
    }

    private static void plain(Map<String, Adapter> all, String file, String type, Builder builder) {
        layer(all, file, type, Set.of(), builder);
    }

    private static void layer(Map<String, Adapter> all, String file, String type, Set<String> config, Builder builder) {
        all.put("layer_" + file, new LayerAdapter(type, config, builder));
    }

    private static void network(
            Map<String, Adapter> all, String file, String type, Set<String> config, Builder builder) {
        all.put(file, new LayerAdapter("network", type, config, Set.of(), builder));
    }

    static Tensor get(Map<String, Tensor> in, String name) {
        Tensor x = in.get(name);
        if (x == null) {
            throw new AssertionError("inputs: got no direction for \"" + name + "\"; expected one");
        }
        return x;
    }

    private static boolean flag(JsonCursor config, String key) {
        return config.has(key) && config.get(key).asBool();
    }

    private static @Nullable FirFilter filter(JsonCursor config) {
        return config.has("resample_filter")
                ? new FirFilter(config.get("resample_filter").asDoubles())
                : null;
    }

    private static Layer fir(GoldenRun run, JsonCursor c) {
        FirFilter filter = new FirFilter(c.get("resample_filter").asDoubles());
        boolean up = flag(c, "up");
        if (up == flag(c, "down")) {
            throw c.fail("up and down alike", "one of them", "the adapter resamples in one direction");
        }
        return Layer.of(in -> up ? filter.up(get(in, "x")) : filter.down(get(in, "x")));
    }

    private static Layer resampleConv(GoldenRun run, JsonCursor c) {
        ResampleConv conv = new ResampleConv(
                run.init(),
                c.get("in_channels").asInt(),
                c.get("out_channels").asInt(),
                c.get("kernel").asInt(),
                flag(c, "up"),
                flag(c, "down"),
                filter(c),
                flag(c, "fused_resample"),
                1);
        return Layer.of(conv, in -> conv.of(get(in, "x")));
    }

    private static Layer conv(GoldenRun run, JsonCursor c) {
        Conv conv = new Conv(
                run.init(),
                c.get("in_channels").asInt(),
                c.get("out_channels").asInt(),
                c.get("kernel").asInt(),
                c.get("stride").asInt(),
                c.get("padding").asInt(),
                1,
                1);
        return Layer.of(conv, in -> conv.of(get(in, "x")));
    }

    private static Layer transposedConv(GoldenRun run, JsonCursor c) {
        String layout = c.get("weight_layout").asString();
        if (!layout.equals("[in_channels, out_channels, kh, kw]")) {
            throw c.get("weight_layout").fail(layout, "[in_channels, out_channels, kh, kw]", "unknown layout");
        }
        TransposedConv conv = new TransposedConv(
                run.init(),
                c.get("in_channels").asInt(),
                c.get("out_channels").asInt(),
                c.get("kernel").asInt(),
                c.get("stride").asInt(),
                c.get("padding").asInt(),
                c.get("output_padding").asInt());
        return Layer.of(conv, in -> conv.of(get(in, "x")));
    }

    /** Shift, scale and gate from a condition, around a linear branch. */
    private static final class AdaLnZero extends Module {
        private final Linear modulation;
        private final Linear body;
        private final double eps;

        AdaLnZero(Init init, int features, double eps) {
            this.modulation = child("modulation", new Linear(init, features, 3 * features, 1));
            this.body = child("body", new Linear(init, features, features, 1));
            this.eps = eps;
        }

        Tensor of(Tensor x, Tensor c) {
            Tensor[] m = Ops.split(modulation.of(Ops.silu(c)), 1, 3);
            for (int i = 0; i < m.length; i++) {
                m[i] = Ops.reshape(m[i], x.dim(0), 1, x.dim(2));
            }
            return Ops.mulAdd(m[2], body.of(Ops.modulate(Ops.layerNorm(x, eps), m[0], m[1])), x);
        }
    }

    private static Layer adaLnZero(GoldenRun run, JsonCursor c) {
        requireDim(run, "x", 1, c.get("tokens"));
        AdaLnZero branch = new AdaLnZero(
                run.init(), c.get("features").asInt(), c.get("eps").asDouble());
        Map<String, String> names =
                Map.of("modulation.weight", "A", "modulation.bias", "a", "body.weight", "W", "body.bias", "w");
        return Layer.of(branch, in -> branch.of(get(in, "x"), get(in, "c"))).called(names);
    }

    private static Layer selfAttention(GoldenRun run, JsonCursor c) {
        for (String bias : new String[] {"qkv_bias", "proj_bias"}) {
            if (!c.get(bias).asBool()) {
                throw c.get(bias).fail("false", "true", "the layer has a bias");
            }
        }
        requireDim(run, "x", 1, c.get("tokens"));
        SelfAttention attention = new SelfAttention(
                run.init(), c.get("features").asInt(), c.get("heads").asInt());
        return Layer.of(attention, in -> attention.of(get(in, "x")));
    }

    private static void requireDim(GoldenRun run, String input, int axis, JsonCursor size) {
        int got = run.tensor(input).dim(axis);
        if (got != size.asInt()) {
            throw size.fail("" + size.asInt(), "" + got + ", as " + input + " has", "config and inputs disagree");
        }
    }

    private static Layer crossEntropy(GoldenRun run, JsonCursor c) {
        if (c.has("targets")) {
            c.onlyKeys(Set.of("targets"));
            Tensor targets = Tensor.of(
                    run.device(),
                    run.dtype(),
                    c.get("targets").asDoubles(),
                    c.get("targets").shape());
            return Layer.of(in -> Ops.mean(CrossEntropy.of(get(in, "logits"), targets)));
        }
        int[] labels = ints(c.get("labels"));
        double smoothing = c.has("label_smoothing") ? c.get("label_smoothing").asDouble() : 0;
        return Layer.of(in -> Ops.mean(CrossEntropy.of(get(in, "logits"), labels, smoothing)));
    }

    static int[] ints(JsonCursor list) {
        long[] values = list.asLongs();
        int[] out = new int[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(values[i]);
        }
        return out;
    }

    private static Layer dropout(GoldenRun run, JsonCursor c) {
        double p = c.get("p").asDouble();
        Tensor mask = run.tensor("mask");
        return Layer.of(in -> Dropout.of(get(in, "x"), mask, p))
                .with(expected -> expected.offer("output_eval", Dropout.of(run.tensor("x"), mask, 0)));
    }

    private static Layer time(FrequencyFeatures features) {
        return Layer.of(features, in -> features.of(get(in, "t")));
    }

    private static Layer fourier(GoldenRun run, JsonCursor c) {
        JsonCursor buffers = run.model("model", "buffers");
        buffers.onlyKeys(Set.of("freqs"));
        double[] freqs = buffers.get("freqs").asDoubles();
        FrequencyFeatures features =
                FrequencyFeatures.fourier(run.init(), c.get("num_channels").asInt(), 16);
        StateDict.load(features, (name, shape) -> name.equals("freqs") ? freqs : null);
        return time(features);
    }

    private static Layer labels(GoldenRun run, JsonCursor c) {
        int classes = c.get("num_classes").asInt();
        int[] rows = ints(c.get("labels"));
        int[] drop = ints(c.get("drop_ids"));
        for (int i = 0; i < rows.length; i++) {
            rows[i] = drop[i] == 1 ? classes : rows[i];
        }
        ClassEmbedding table =
                new ClassEmbedding(run.init(), classes, c.get("features").asInt());
        Tensor labels = Tensor.of(run.device(), rows, rows.length);
        return Layer.of(table, in -> Ops.mul(Ops.reshape(get(in, "s"), rows.length, 1), table.of(labels, rows.length)))
                .called(Map.of("weight", "table"));
    }
}
