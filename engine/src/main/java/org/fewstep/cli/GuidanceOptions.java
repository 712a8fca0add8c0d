package org.fewstep.cli;

import java.nio.file.Path;
import org.fewstep.kernels.Device;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.Steering;
import org.fewstep.solver.Threshold;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that make samples which say where guidance acts, and what else acts on the prediction. */
final class GuidanceOptions {
    @Option(
            names = "--guidance",
            paramLabel = "W",
            defaultValue = "1",
            description = "Guidance scale: by two evaluations a step, or as an input of a network trained with it"
                    + " (default: 1, none).")
    private double scale = 1;

    @Option(
            names = "--guidance-interval",
            arity = "2",
            paramLabel = "T",
            description = "First and last time of the network's path with guidance (default: 0 1).")
    private double @Nullable [] interval;

    @Option(
            names = "--guidance-rescale",
            paramLabel = "PHI",
            defaultValue = "0",
            description = "How far a guided velocity's spread is brought back to the plain one's: 0 to 1 (default: 0).")
    private double rescale;

    @Option(
            names = "--guide-model",
            paramLabel = "FILE",
            description = "A weaker model of the same data to guide away from, in place of the null label.")
    private @Nullable Path weakFile;

    @Option(
            names = "--threshold",
            paramLabel = "RULE",
            description = "Clip predicted images: static, dynamic, or dynamic:P with a quantile P (default: not).")
    private @Nullable String threshold;

    /** Refuses numbers that no model can be sampled with, before any file is read. */
    void check() {
        GeneratorOptions.DEFAULT.withGuidance(scale, from(), to()).withSteering(steering(null));
        if (weakFile != null) {
            ModelPaths.requireFile("guide model", weakFile);
        }
        if (scale == 1 && (rescale != 0 || weakFile != null || interval != null)) {
            throw new IllegalArgumentException(
                    "--guidance: got 1, no guidance, with options about it; expected another scale, as 2");
        }
    }

    /** Whether any of them was given. */
    boolean isUsed() {
        return scale != 1 || interval != null || rescale != 0 || weakFile != null || threshold != null;
    }

    /** The weaker model, null where none is asked for; the caller closes it. */
    @Nullable
    Generator weak(Device device) {
        return weakFile == null ? null : Generator.load(weakFile, device);
    }

    /** Other options with these. */
    GeneratorOptions with(GeneratorOptions base, int[] shape, @Nullable Generator weak) {
        if (threshold != null && !Pictures.areImages(shape)) {
            throw new IllegalArgumentException("--threshold: got a model whose samples are no images; expected images,"
                    + " whose numbers lie in [-1, 1]");
        }
        return base.withGuidance(scale, from(), to()).withSteering(steering(weak));
    }

    private @Nullable Steering steering(@Nullable Generator weak) {
        Threshold rule = threshold == null ? null : Threshold.of(threshold);
        return rescale == 0 && weak == null && rule == null ? null : new Steering(rescale, weak, rule);
    }

    private double from() {
        return interval == null ? 0 : interval[0];
    }

    private double to() {
        return interval == null ? 1 : interval[1];
    }
}
