package org.fewstep.golden;

import static org.fewstep.golden.Layers.get;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.golden.LayerAdapter.Layer;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonString;
import org.fewstep.model.Cond;
import org.fewstep.model.DdpmUNet;
import org.fewstep.model.DdpmUNetConfig;
import org.fewstep.model.EdmPrecond;
import org.fewstep.model.TimePair;
import org.fewstep.model.UNet;
import org.fewstep.model.UNetConfig;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The published U-Nets of EDM, bare and preconditioned, and of diffusers. */
final class UNets {
    static final Set<String> DHARIWAL = Set.of(
            "img_resolution",
            "in_channels",
            "out_channels",
            "label_dim",
            "augment_dim",
            "model_channels",
            "channel_mult",
            "channel_mult_emb",
            "num_blocks",
            "attn_resolutions",
            "dropout");

    static final Set<String> SONG =
            with(DHARIWAL, "embedding_type", "channel_mult_noise", "encoder_type", "decoder_type", "resample_filter");

    static final Set<String> EDM = with(SONG, "img_channels", "sigma_data", "model_type");

    static final Set<String> DIFFUSERS = Set.of(
            "sample_size",
            "in_channels",
            "out_channels",
            "block_out_channels",
            "layers_per_block",
            "norm_num_groups",
            "norm_eps",
            "attention_head_dim",
            "down_block_types",
            "up_block_types",
            "num_class_embeds",
            "flip_sin_to_cos",
            "freq_shift",
            "resnet_time_scale_shift");

    private UNets() {}

    private static Set<String> with(Set<String> keys, String... more) {
        Set<String> all = new TreeSet<>(keys);
        all.addAll(Set.of(more));
        return Set.copyOf(all);
    }

    static Layer song(GoldenRun run, JsonCursor c) {
        return bare(run, config(c, UNetConfig.Form.SONG, "in_channels", "out_channels", 0));
    }

    static Layer dhariwal(GoldenRun run, JsonCursor c) {
        int headWidth = run.model("model", "channels_per_head").asInt();
        return bare(run, config(c, UNetConfig.Form.DHARIWAL, "in_channels", "out_channels", headWidth));
    }

    private static Layer bare(GoldenRun run, UNetConfig config) {
        Tensor labels = labels(run, config.classes());
        Tensor augment = config.augment() == 0 ? null : run.tensor("augment_labels");
        UNet net = new UNet(run.init(), config);
        return Layer.of(net, in -> net.of(get(in, "x"), get(in, "t"), labels, augment));
    }

    static Layer edm(GoldenRun run, JsonCursor c) {
        String type = c.get("model_type").asString();
        if (!type.equals("SongUNet")) {
            throw c.get("model_type").fail(type, "SongUNet", "no adapter knows this type here");
        }
        UNetConfig config = config(c, UNetConfig.Form.SONG, "img_channels", "img_channels", 0);
        Tensor labels = labels(run, config.classes());
        EdmPrecond net = new EdmPrecond(
                new UNet(run.init().part("model"), config), c.get("sigma_data").asDouble());
        return Layer.of(net, in -> net.of(get(in, "x"), get(in, "t"), new Cond(labels, 1, 0, 1)));
    }

    private static @Nullable Tensor labels(GoldenRun run, int classes) {
        if (classes == 0) {
            return null;
        }
        double[] rows = run.numbers("class_labels_one_hot");
        int[] labels = new int[rows.length / classes];
        for (int i = 0; i < labels.length; i++) {
            double[] row = Arrays.copyOfRange(rows, i * classes, (i + 1) * classes);
            labels[i] = classes;
            for (int k = 0; k < classes; k++) {
                if (row[k] != 0) {
                    labels[i] = k;
                }
            }
            double[] hot = new double[classes];
            if (labels[i] < classes) {
                hot[labels[i]] = 1;
            }
            if (!Arrays.equals(hot, row)) {
                throw new AssertionError("class_labels_one_hot: got " + Arrays.toString(row) + "; expected one 1");
            }
        }
        return Tensor.of(run.device(), labels, labels.length);
    }

    private static List<Integer> ints(JsonCursor list) {
        List<Integer> out = new ArrayList<>();
        for (int v : Layers.ints(list)) {
            out.add(v);
        }
        return out;
    }

    private static <E extends Enum<E>> E choice(JsonCursor c, String key, E absent, E[] all) {
        if (!c.has(key)) {
            return absent;
        }
        String text = c.get(key).asString();
        String name = text.equals("standard") ? "plain" : text;
        for (E one : all) {
            if (one.name().equalsIgnoreCase(name)) {
                return one;
            }
        }
        throw c.get(key).fail(text, "one of " + Arrays.toString(all), "no adapter knows this value");
    }

    private static UNetConfig config(
            JsonCursor c, UNetConfig.Form form, String inChannels, String outChannels, int headWidth) {
        List<Double> filter = new ArrayList<>();
        for (double f : c.has("resample_filter") ? c.get("resample_filter").asDoubles() : new double[] {1, 1}) {
            filter.add(f);
        }
        return new UNetConfig(
                form,
                c.get("img_resolution").asInt(),
                c.get(inChannels).asInt(),
                c.get(outChannels).asInt(),
                c.get("label_dim").asInt(),
                c.has("augment_dim") ? c.get("augment_dim").asInt() : 0,
                c.get("model_channels").asInt(),
                ints(c.get("channel_mult")),
                c.get("channel_mult_emb").asInt(),
                c.has("channel_mult_noise") ? c.get("channel_mult_noise").asInt() : 1,
                c.get("num_blocks").asInt(),
                ints(c.get("attn_resolutions")),
                headWidth,
                c.has("dropout") ? c.get("dropout").asDouble() : 0,
                choice(c, "embedding_type", UNetConfig.Embedding.POSITIONAL, UNetConfig.Embedding.values()),
                choice(c, "encoder_type", UNetConfig.Aux.PLAIN, UNetConfig.Aux.values()),
                choice(c, "decoder_type", UNetConfig.Aux.PLAIN, UNetConfig.Aux.values()),
                filter,
                1,
                TimePair.SPAN,
                1);
    }

    static Layer diffusers(GoldenRun run, JsonCursor c) {
        boolean labelled =
                c.has("num_class_embeds") && !c.get("num_class_embeds").isNull();
        DdpmUNetConfig config = new DdpmUNetConfig(
                c.get("sample_size").asInt(),
                c.get("in_channels").asInt(),
                c.get("out_channels").asInt(),
                ints(c.get("block_out_channels")),
                c.get("layers_per_block").asInt(),
                attention(c.get("down_block_types"), "Down"),
                attention(c.get("up_block_types"), "Up"),
                c.get("attention_head_dim").asInt(),
                c.get("norm_num_groups").asInt(),
                c.get("norm_eps").asDouble(),
                labelled ? c.get("num_class_embeds").asInt() : 0,
                c.get("flip_sin_to_cos").asBool(),
                oneOf(c.get("freq_shift"), "0", "1"),
                oneOf(c.get("resnet_time_scale_shift"), "default", "scale_shift"));
        Cond cond =
                labelled ? Cond.labels(run.device(), run.integers("class_labels"), config.classes() - 1) : Cond.NONE;
        DdpmUNet net = new DdpmUNet(run.init(), config);
        return Layer.of(net, in -> net.v(get(in, "x"), get(in, "t"), cond));
    }

    private static List<Boolean> attention(JsonCursor types, String direction) {
        List<Boolean> out = new ArrayList<>();
        for (JsonCursor type : types.elements()) {
            boolean attends = type.asString().equals("Attn" + direction + "Block2D");
            if (!attends && !type.asString().equals(direction + "Block2D")) {
                throw type.fail(type.asString(), "(Attn)" + direction + "Block2D", "no adapter knows this block");
            }
            out.add(attends);
        }
        return out;
    }

    /** False for the first value, true for the second. */
    private static boolean oneOf(JsonCursor at, String first, String second) {
        String got = at.value() instanceof JsonString ? at.asString() : Long.toString(at.asLong());
        if (!got.equals(first) && !got.equals(second)) {
            throw at.fail(got, first + " or " + second, "no adapter knows this value");
        }
        return got.equals(second);
    }
}
