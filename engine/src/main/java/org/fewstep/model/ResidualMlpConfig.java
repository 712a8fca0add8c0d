package org.fewstep.model;

import java.util.Map;

/**
 * Everything that fixes the structure of a {@link ResidualMlp}.
 *
 * @param dim numbers in one sample
 * @param width hidden width
 * @param depth residual blocks
 * @param times 1 for a velocity, 2 for an average velocity
 * @param pair which second time the network sees
 * @param timeEncoding how times become features
 * @param timeWidth features a time: 1 for RAW, else even
 * @param maxFrequency highest frequency of the encoding, cycles over [0, 1]
 * @param classes number K of classes, 0 for an unconditional network
 * @param condWidth width of the conditioning vector
 * @param guided whether the guidance scale of {@link Cond} is an input
 */
public record ResidualMlpConfig(
        int dim,
        int width,
        int depth,
        int times,
        TimePair pair,
        TimeEncoding timeEncoding,
        int timeWidth,
        double maxFrequency,
        int classes,
        int condWidth,
        boolean guided)
        implements NetworkConfig {
    /** What files written before there was a guidance input do not say. */
    static Map<String, Object> defaults() {
        return Map.of("guided", false);
    }

    /** A network without guidance input. */
    public ResidualMlpConfig(
            int dim,
            int width,
            int depth,
            int times,
            TimePair pair,
            TimeEncoding timeEncoding,
            int timeWidth,
            double maxFrequency,
            int classes,
            int condWidth) {
        this(dim, width, depth, times, pair, timeEncoding, timeWidth, maxFrequency, classes, condWidth, false);
    }

    public ResidualMlpConfig {
        if (dim < 1 || width < 1 || depth < 1 || timeWidth < 1 || classes < 0 || condWidth < 1) {
            throw new IllegalArgumentException("residual mlp: got dim " + dim + ", width " + width + ", depth " + depth
                    + ", timeWidth " + timeWidth + ", classes " + classes + ", condWidth " + condWidth
                    + "; expected at least 1 (classes: 0)");
        }
        if (times != 1 && times != 2) {
            throw new IllegalArgumentException("residual mlp: got times " + times + "; expected 1 or 2");
        }
    }

    @Override
    public double leastNumbers() {
        double w = width;
        double c = condWidth;
        double guidance = guided ? ScalarEmbedder.numbers(c) : 0;
        double cond = guidance + times * (timeWidth * c + c) + (classes == 0 ? 0 : (classes + 1.0) * c) + c * c + c;
        double ends = 2 * w * dim + w + dim + (c + 1) * (2 * w + dim);
        return cond + ends + depth * ((c + 1) * 2 * w + 2 * (w * w + w));
    }

    @Override
    public ResidualMlp build(Init init) {
        return new ResidualMlp(init, this);
    }
}
