package org.fewstep.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that fixes the structure of a {@link FlowMlp}.
 *
 * @param dim numbers in one sample
 * @param width hidden width
 * @param depth hidden layers
 * @param times 1 for a velocity, 2 for an average velocity
 * @param pair which second time the network sees
 * @param timeEncoding how times become features
 * @param timeWidth features a time: 1 for RAW, else even
 * @param maxFrequency highest frequency of the encoding, cycles over [0, 1]
 * @param classes number K of classes, 0 for an unconditional network
 * @param classWidth width of the class vector; not used without classes
 * @param velocityHead whether as many outputs more give the velocity
 */
public record MlpConfig(
        int dim,
        int width,
        int depth,
        int times,
        TimePair pair,
        TimeEncoding timeEncoding,
        int timeWidth,
        double maxFrequency,
        int classes,
        int classWidth,
        boolean velocityHead)
        implements NetworkConfig {
    /** What files written before there was a second head do not say. */
    static Map<String, Object> defaults() {
        return Map.of("velocity-head", false);
    }

    /** A network without a second head. */
    public MlpConfig(
            int dim,
            int width,
            int depth,
            int times,
            TimePair pair,
            TimeEncoding timeEncoding,
            int timeWidth,
            double maxFrequency,
            int classes,
            int classWidth) {
        this(dim, width, depth, times, pair, timeEncoding, timeWidth, maxFrequency, classes, classWidth, false);
    }

    public MlpConfig {
        if (dim < 1 || width < 1 || depth < 1 || timeWidth < 1 || classes < 0 || (classes > 0 && classWidth < 1)) {
            throw new IllegalArgumentException("mlp: got dim " + dim + ", width " + width + ", depth " + depth
                    + ", timeWidth " + timeWidth + ", classes " + classes + ", classWidth " + classWidth
                    + "; expected at least 1 (classes: 0)");
        }
        if (times != 1 && times != 2) {
            throw new IllegalArgumentException("mlp: got times " + times + "; expected 1 or 2");
        }
    }

    @Override
    public double leastNumbers() {
        double w = width;
        double in = dim + (double) times * timeWidth + (classes == 0 ? 0 : classWidth);
        double table = classes == 0 ? 0 : (classes + 1.0) * classWidth;
        return table + in * w + w + (depth - 1) * (w * w + w) + (w + 1) * outputs();
    }

    /** Numbers that the last layer gives. */
    int outputs() {
        return velocityHead ? 2 * dim : dim;
    }

    /** Guidance is no input of this network, so that its interval cannot be one. */
    @Override
    public @Nullable MlpConfig withVelocityHead(boolean intervals) {
        return intervals
                ? null
                : new MlpConfig(
                        dim,
                        width,
                        depth,
                        times,
                        pair,
                        timeEncoding,
                        timeWidth,
                        maxFrequency,
                        classes,
                        classWidth,
                        true);
    }

    @Override
    public FlowMlp build(Init init) {
        return new FlowMlp(init, this);
    }
}
