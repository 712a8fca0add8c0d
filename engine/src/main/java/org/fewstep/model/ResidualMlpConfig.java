package org.fewstep.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param intervals whether the interval of guidance is an input, too; only where the scale is
 * @param velocityHead whether a second head gives the velocity
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
        boolean guided,
        boolean intervals,
        boolean velocityHead)
        implements NetworkConfig {
    /** What files written before there were guidance inputs and a second head do not say. */
    static Map<String, Object> defaults() {
        return Map.of("guided", false, "intervals", false, "velocity-head", false);
    }

    /** A network of one head without guidance inputs. */
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
        this(
                dim,
                width,
                depth,
                times,
                pair,
                timeEncoding,
                timeWidth,
                maxFrequency,
                classes,
                condWidth,
                false,
                false,
                false);
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
        if (intervals && !guided) {
            throw new IllegalArgumentException(
                    "residual mlp: got intervals of guidance as an input without the scale; expected both, or neither");
        }
    }

    @Override
    public ResidualMlpConfig withOneTime() {
        return new ResidualMlpConfig(
                dim,
                width,
                depth,
                1,
                pair,
                timeEncoding,
                timeWidth,
                maxFrequency,
                classes,
                condWidth,
                guided,
                intervals,
                velocityHead);
    }

    @Override
    public double leastNumbers() {
        double w = width;
        double c = condWidth;
        double guidance = ((guided ? 1 : 0) + (intervals ? 2 : 0)) * ScalarEmbedder.numbers(c);
        double cond = guidance + times * (timeWidth * c + c) + (classes == 0 ? 0 : (classes + 1.0) * c) + c * c + c;
        double heads = velocityHead ? 2 : 1;
        double ends = w * dim + w + heads * (w * dim + dim + (c + 1) * (2 * w + dim));
        return cond + ends + depth * ((c + 1) * 2 * w + 2 * (w * w + w));
    }

    /** The interval can be an input only beside the scale. */
    @Override
    public @Nullable ResidualMlpConfig withVelocityHead(boolean interval) {
        return interval && !guided
                ? null
                : new ResidualMlpConfig(
                        dim,
                        width,
                        depth,
                        times,
                        pair,
                        timeEncoding,
                        timeWidth,
                        maxFrequency,
                        classes,
                        condWidth,
                        guided,
                        interval,
                        true);
    }

    @Override
    public ResidualMlp build(Init init) {
        return new ResidualMlp(init, this);
    }
}
