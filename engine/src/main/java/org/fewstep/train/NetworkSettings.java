package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.model.ConvClassifierConfig;
import org.fewstep.model.DitConfig;
import org.fewstep.model.MlpConfig;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.model.UNetConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a run trains; the key {@code kind} picks one of the records. Shape of a sample, classes and times follow from data
 * and method.
 */
public sealed interface NetworkSettings {
    /** Times taken, or null for as many as the method needs. */
    @Nullable
    Integer times();

    /** Whether the guidance scale is an input. */
    default boolean guided() {
        return false;
    }

    /**
     * The network's full configuration.
     *
     * @param shape sizes of one sample
     * @param classes number of classes, 0 for none
     * @param times 1 or 2
     * @throws SettingsException when the network cannot take such samples
     */
    NetworkConfig config(List<Integer> shape, int classes, int times);

    /**
     * Concatenated inputs through a multi-layer perceptron, for points and small images.
     *
     * @param width hidden width (default 128)
     * @param depth hidden layers (default 3)
     * @param times 1 or 2 (default: what the method needs)
     * @param pair second time that the network sees: end or span (default span)
     * @param encoding of times (default raw)
     * @param timeWidth features a time (default 1 for raw, else 32)
     * @param maxFrequency highest frequency of the encoding, cycles over [0, 1] (default 8)
     * @param classWidth width of the class vector (default: the number of classes)
     */
    record Mlp(
            int width,
            int depth,
            @Nullable Integer times,
            TimePair pair,
            TimeEncoding encoding,
            @Nullable Integer timeWidth,
            double maxFrequency,
            @Nullable Integer classWidth)
            implements NetworkSettings {
        static Map<String, Object> defaults() {
            return Map.of(
                    "width",
                    128,
                    "depth",
                    3,
                    "pair",
                    TimePair.SPAN,
                    "encoding",
                    TimeEncoding.RAW,
                    "max-frequency",
                    8.0);
        }

        public Mlp {
            check(width, depth, times, encoding, timeWidth, maxFrequency);
            if (classWidth != null) {
                SettingsChecks.within("class-width", classWidth, 1, MAX_WIDTH);
            }
        }

        @Override
        public NetworkConfig config(List<Integer> shape, int classes, int times) {
            return new MlpConfig(
                    numbers(shape),
                    width,
                    depth,
                    times,
                    pair,
                    encoding,
                    features(encoding, timeWidth),
                    maxFrequency,
                    classes,
                    classWidth == null || classes == 0 ? classes : classWidth);
        }
    }

    /**
     * Residual blocks modulated by times and class, for images.
     *
     * @param width hidden width (default 256)
     * @param depth residual blocks (default 4)
     * @param times 1 or 2 (default: what the method needs)
     * @param pair second time that the network sees: end or span (default span)
     * @param encoding of times (default sinusoidal)
     * @param timeWidth features a time (default 1 for raw, else 32)
     * @param maxFrequency highest frequency of the encoding, cycles over [0, 1] (default 8)
     * @param condWidth width of the conditioning vector (default 128)
     * @param guided whether the guidance scale is an input; the method must draw scales (default false)
     */
    record ResidualMlp(
            int width,
            int depth,
            @Nullable Integer times,
            TimePair pair,
            TimeEncoding encoding,
            @Nullable Integer timeWidth,
            double maxFrequency,
            int condWidth,
            boolean guided)
            implements NetworkSettings {
        static Map<String, Object> defaults() {
            return Map.of(
                    "width",
                    256,
                    "depth",
                    4,
                    "pair",
                    TimePair.SPAN,
                    "encoding",
                    TimeEncoding.SINUSOIDAL,
                    "max-frequency",
                    8.0,
                    "cond-width",
                    128,
                    "guided",
                    false);
        }

        public ResidualMlp {
            check(width, depth, times, encoding, timeWidth, maxFrequency);
            SettingsChecks.within("cond-width", condWidth, 1, MAX_WIDTH);
        }

        @Override
        public NetworkConfig config(List<Integer> shape, int classes, int times) {
            requireClasses(guided, classes);
            return new ResidualMlpConfig(
                    numbers(shape),
                    width,
                    depth,
                    times,
                    pair,
                    encoding,
                    features(encoding, timeWidth),
                    maxFrequency,
                    classes,
                    condWidth,
                    guided,
                    false,
                    false);
        }
    }

    /**
     * The diffusion transformer, for square images; {@link org.fewstep.model.Dit}.
     *
     * @param patch side of a patch in pixels, which divides the side of an image (default 4)
     * @param width of a token, a multiple of 4 and of the heads (default 128)
     * @param depth number of blocks (default 4)
     * @param heads attention heads (default 4)
     * @param mlpRatio hidden width of a block's two-layer part over the width (default 4)
     * @param times 1 or 2 (default: what the method needs)
     * @param pair second time that the network sees: end or span (default span)
     * @param timeFactor highest angular frequency of the time features on [0, 1] (default 16)
     * @param guided whether the guidance scale is an input; the method must draw scales (default false)
     * @param rms root mean square in place of layer normalisation (default false)
     */
    record Dit(
            int patch,
            int width,
            int depth,
            int heads,
            double mlpRatio,
            @Nullable Integer times,
            TimePair pair,
            double timeFactor,
            boolean guided,
            boolean rms)
            implements NetworkSettings {
        static Map<String, Object> defaults() {
            return Map.of(
                    "patch",
                    4,
                    "width",
                    128,
                    "depth",
                    4,
                    "heads",
                    4,
                    "mlp-ratio",
                    4.0,
                    "pair",
                    TimePair.SPAN,
                    "time-factor",
                    16.0,
                    "guided",
                    false,
                    "rms",
                    false);
        }

        public Dit {
            SettingsChecks.atLeast("patch", patch, 1);
            SettingsChecks.within("width", width, 4, MAX_WIDTH);
            SettingsChecks.within("depth", depth, 1, MAX_DEPTH);
            SettingsChecks.within("heads", heads, 1, width);
            if (width % 4 != 0 || width % heads != 0) {
                throw new SettingsException(
                        "width", Integer.toString(width), "a multiple of 4 and of the " + heads + " heads", "");
            }
            SettingsChecks.within("mlp-ratio", mlpRatio, 1.0 / width, 64.0);
            checkTimes(times);
            SettingsChecks.positive("time-factor", timeFactor);
        }

        @Override
        public NetworkConfig config(List<Integer> shape, int classes, int times) {
            int side = side("dit", shape);
            if (side % patch != 0) {
                throw new SettingsException(
                        "network.patch",
                        Integer.toString(patch),
                        "a divisor of " + side + ", the side of the images",
                        "");
            }
            requireClasses(guided, classes);
            return new DitConfig(
                    side,
                    patch,
                    shape.get(0),
                    width,
                    depth,
                    heads,
                    mlpRatio,
                    classes,
                    classes > 0,
                    false,
                    times,
                    pair,
                    timeFactor,
                    guided,
                    rms);
        }
    }

    /**
     * The U-Net of image diffusion, for square images; {@link org.fewstep.model.UNet}.
     *
     * @param form blocks as in song (DDPM++) or dhariwal (ADM) (default dhariwal)
     * @param width base width (default 32)
     * @param mult width factor of each level, each level of half the resolution (default [1, 2])
     * @param blocks blocks a level (default 1)
     * @param attention resolutions with self-attention (default [])
     * @param headWidth channels of an attention head, 0 for one head (default 0)
     * @param embMult width of the condition over the base width (default 4)
     * @param dropout probability that a number is dropped in training, below 1 (default 0)
     * @param times 1 or 2 (default: what the method needs)
     * @param pair second time that the network sees: end or span (default span)
     * @param timeFactor highest angular frequency of the time features on [0, 1] (default 16)
     */
    record UNet(
            UNetConfig.Form form,
            int width,
            List<Integer> mult,
            int blocks,
            List<Integer> attention,
            int headWidth,
            int embMult,
            double dropout,
            @Nullable Integer times,
            TimePair pair,
            double timeFactor)
            implements NetworkSettings {
        static Map<String, Object> defaults() {
            return Map.ofEntries(
                    Map.entry("form", UNetConfig.Form.DHARIWAL),
                    Map.entry("width", 32),
                    Map.entry("mult", List.of(1, 2)),
                    Map.entry("blocks", 1),
                    Map.entry("attention", List.of()),
                    Map.entry("head-width", 0),
                    Map.entry("emb-mult", 4),
                    Map.entry("dropout", 0.0),
                    Map.entry("pair", TimePair.SPAN),
                    Map.entry("time-factor", 16.0));
        }

        public UNet {
            mult = List.copyOf(mult);
            attention = List.copyOf(attention);
            SettingsChecks.within("width", width, 2, UNetConfig.MAX_WIDTH);
            if (width % 2 != 0) {
                throw new SettingsException("width", Integer.toString(width), "an even number, for time features", "");
            }
            SettingsChecks.within("mult", mult.size(), 1, UNetConfig.MAX_LENGTH);
            for (int i = 0; i < mult.size(); i++) {
                SettingsChecks.within("mult[" + i + "]", mult.get(i), 1, UNetConfig.MAX_WIDTH / width);
            }
            SettingsChecks.within("blocks", blocks, 1, MAX_DEPTH);
            SettingsChecks.within("attention", attention.size(), 0, UNetConfig.MAX_LENGTH);
            SettingsChecks.within("head-width", headWidth, 0, UNetConfig.MAX_WIDTH);
            SettingsChecks.within("emb-mult", embMult, 1, UNetConfig.MAX_WIDTH / width);
            if (!(dropout >= 0 && dropout < 1)) {
                throw new SettingsException("dropout", Double.toString(dropout), "at least 0 and below 1", "");
            }
            checkTimes(times);
            SettingsChecks.positive("time-factor", timeFactor);
        }

        @Override
        public NetworkConfig config(List<Integer> shape, int classes, int times) {
            int side = side("u-net", shape);
            int halvings = mult.size() - 1;
            if (side % (1 << halvings) != 0) {
                throw new SettingsException(
                        "network.mult",
                        mult.size() + " levels",
                        "as many as the side of the images, " + side + ", can be halved, and one more",
                        "");
            }
            for (int i = 0; i < attention.size(); i++) {
                int at = attention.get(i);
                if (at < 1 || side % at != 0 || Integer.bitCount(side / at) != 1 || side / at > 1 << halvings) {
                    throw new SettingsException(
                            "network.attention[" + i + "]",
                            Integer.toString(at),
                            "the resolution of a level, " + side + " or a half of the one before",
                            "");
                }
            }
            return new UNetConfig(
                    form,
                    side,
                    shape.get(0),
                    shape.get(0),
                    classes,
                    0,
                    width,
                    mult,
                    embMult,
                    1,
                    blocks,
                    attention,
                    headWidth,
                    dropout,
                    UNetConfig.Embedding.POSITIONAL,
                    UNetConfig.Aux.PLAIN,
                    UNetConfig.Aux.PLAIN,
                    List.of(1.0, 1.0),
                    times,
                    pair,
                    timeFactor);
        }
    }

    /**
     * A small convolutional classifier of square images, for the method classification; {@link
     * org.fewstep.model.ConvClassifier}.
     *
     * @param widths channels behind each stage, the image halving between two stages (default [16, 32, 32])
     */
    record ConvClassifier(List<Integer> widths) implements NetworkSettings {
        static Map<String, Object> defaults() {
            return Map.of("widths", List.of(16, 32, 32));
        }

        public ConvClassifier {
            widths = List.copyOf(widths);
            SettingsChecks.within("widths", widths.size(), 1, ConvClassifierConfig.MAX_STAGES);
            for (int i = 0; i < widths.size(); i++) {
                SettingsChecks.within("widths[" + i + "]", widths.get(i), 1, ConvClassifierConfig.MAX_WIDTH);
            }
        }

        @Override
        public @Nullable Integer times() {
            return null;
        }

        @Override
        public NetworkConfig config(List<Integer> shape, int classes, int times) {
            int side = side("conv-classifier", shape);
            if (side % (1 << (widths.size() - 1)) != 0) {
                throw new SettingsException(
                        "network.widths",
                        widths.size() + " stages",
                        "as many as the side of the images, " + side + ", can be halved, and one more",
                        "");
            }
            if (classes < 2) {
                throw new SettingsException(
                        "data", classes + " classes", "labelled data of at least 2", "set data.labels true");
            }
            return new ConvClassifierConfig(side, shape.get(0), widths, classes);
        }
    }

    /** Greatest width; a square matrix of it still has an int number of elements. */
    int MAX_WIDTH = 32_768;

    /** Most layers or blocks. */
    int MAX_DEPTH = 1000;

    /** Numbers in a sample. */
    private static int numbers(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Side of square images (C, side, side). */
    private static int side(String kind, List<Integer> shape) {
        if (shape.size() != 3 || !shape.get(1).equals(shape.get(2))) {
            throw new SettingsException(
                    "network.kind",
                    kind + " for samples of shape " + shape,
                    "mlp or residual-mlp, or square images (C, side, side)",
                    "");
        }
        return shape.get(1);
    }

    private static void requireClasses(boolean guided, int classes) {
        if (guided && classes == 0) {
            throw new SettingsException("network.guided", "true for data without classes", "false", "");
        }
    }

    private static void checkTimes(@Nullable Integer times) {
        if (times != null) {
            SettingsChecks.within("times", times, 1, 2);
        }
    }

    private static void check(
            int width,
            int depth,
            @Nullable Integer times,
            TimeEncoding encoding,
            @Nullable Integer timeWidth,
            double maxFrequency) {
        SettingsChecks.within("width", width, 1, MAX_WIDTH);
        SettingsChecks.within("depth", depth, 1, MAX_DEPTH);
        checkTimes(times);
        if (timeWidth != null) {
            boolean raw = encoding == TimeEncoding.RAW;
            if (raw ? timeWidth != 1 : timeWidth < 4 || timeWidth % 2 != 0 || timeWidth > MAX_WIDTH) {
                throw new SettingsException(
                        "time-width",
                        timeWidth.toString(),
                        raw ? "1 for raw times" : "an even number of at least 4",
                        "");
            }
        }
        SettingsChecks.positive("max-frequency", maxFrequency);
        if (encoding != TimeEncoding.RAW && maxFrequency <= 0.25) {
            throw new SettingsException("max-frequency", Double.toString(maxFrequency), "above 0.25", "");
        }
    }

    private static int features(TimeEncoding encoding, @Nullable Integer timeWidth) {
        return timeWidth != null ? timeWidth : encoding == TimeEncoding.RAW ? 1 : 32;
    }
}
