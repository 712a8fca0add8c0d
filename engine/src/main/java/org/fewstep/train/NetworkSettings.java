package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.jspecify.annotations.Nullable;

/**
 * What a run trains; the key {@code kind} picks one of the records. Numbers of a sample, classes and times follow from
 * data and method.
 */
public sealed interface NetworkSettings {
    /** Times taken, or null for as many as the method needs. */
    @Nullable
    Integer times();

    /**
     * The network's full configuration.
     *
     * @param dim numbers in one sample
     * @param classes number of classes, 0 for none
     * @param times 1 or 2
     */
    NetworkConfig config(int dim, int classes, int times);

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
        public NetworkConfig config(int dim, int classes, int times) {
            return new NetworkConfig(
                    NetworkConfig.Kind.MLP,
                    dim,
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
     */
    record ResidualMlp(
            int width,
            int depth,
            @Nullable Integer times,
            TimePair pair,
            TimeEncoding encoding,
            @Nullable Integer timeWidth,
            double maxFrequency,
            int condWidth)
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
                    128);
        }

        public ResidualMlp {
            check(width, depth, times, encoding, timeWidth, maxFrequency);
            SettingsChecks.within("cond-width", condWidth, 1, MAX_WIDTH);
        }

        @Override
        public NetworkConfig config(int dim, int classes, int times) {
            return new NetworkConfig(
                    NetworkConfig.Kind.RESIDUAL_MLP,
                    dim,
                    width,
                    depth,
                    times,
                    pair,
                    encoding,
                    features(encoding, timeWidth),
                    maxFrequency,
                    classes,
                    condWidth);
        }
    }

    /** Greatest width; a square matrix of it still has an int number of elements. */
    int MAX_WIDTH = 32_768;

    private static void check(
            int width,
            int depth,
            @Nullable Integer times,
            TimeEncoding encoding,
            @Nullable Integer timeWidth,
            double maxFrequency) {
        SettingsChecks.within("width", width, 1, MAX_WIDTH);
        SettingsChecks.within("depth", depth, 1, 1000);
        if (times != null) {
            SettingsChecks.within("times", times, 1, 2);
        }
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
