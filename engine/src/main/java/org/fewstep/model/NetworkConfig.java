package org.fewstep.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that fixes a network's structure, one record an architecture; stored in checkpoints.
 *
 * <p>A record checks its own numbers. Whether they are small enough to build is for the caller to ask, by {@link
 * #leastNumbers}, before it believes a record from outside.
 */
public sealed interface NetworkConfig
        permits MlpConfig,
                ResidualMlpConfig,
                DitConfig,
                UNetConfig,
                ConvClassifierConfig,
                InterpolantConfig,
                DataPredictorConfig,
                MomentMapConfig {
    /** Numbers in one sample. */
    int dim();

    /** Number of classes K that the network is conditioned on or tells apart, 0 for an unconditional network. */
    int classes();

    /** 1 for a velocity, 2 for an average velocity, 0 for a classifier, which has no time. */
    int times();

    /** Whether label K, no class, means something to a network with classes. */
    default boolean nullLabel() {
        return classes() > 0;
    }

    /** Whether the guidance scale of {@link Cond} is an input. */
    default boolean guided() {
        return false;
    }

    /** Whether the interval of guidance of {@link Cond} is an input. */
    default boolean intervals() {
        return false;
    }

    /** Whether a second head gives the velocity. */
    default boolean velocityHead() {
        return false;
    }

    /**
     * The same with a second head that gives the velocity; null for an architecture that has none.
     *
     * @param intervals whether the interval of guidance becomes an input
     */
    default @Nullable NetworkConfig withVelocityHead(boolean intervals) {
        return null;
    }

    /** The same with one time; null for an architecture whose second time is not a part of its own. */
    default @Nullable NetworkConfig withOneTime() {
        return null;
    }

    /** Whether samples of these sizes fit: any that multiply to {@link #dim}, or exactly one shape. */
    default boolean accepts(List<Integer> shape) {
        double count = 1;
        for (int size : shape) {
            count *= Math.max(0, size);
        }
        return count == dim();
    }

    /** A lower bound on the numbers in the network's parameters; a double, so that absurd structures do not overflow. */
    double leastNumbers();

    /** Builds the network with fresh parameters. */
    Network build(Init init);

    /** The plain network of 2-D studies: raw times as columns. */
    static MlpConfig mlp(int dim, int width, int depth, int times, int classes) {
        return new MlpConfig(dim, width, depth, times, TimePair.SPAN, TimeEncoding.RAW, 1, 1, classes, classes);
    }
}
