package org.fewstep.data;

import org.jspecify.annotations.Nullable;

/** Numbered training samples; reading one never depends on which were read before. */
public interface Dataset {
    /** The size of a dataset that makes as many samples as are asked for. */
    long ENDLESS = Long.MAX_VALUE;

    /** Number of samples, or {@link #ENDLESS}. */
    long size();

    /** Shape of one sample: (2) for points, (C, H, W) for images. */
    int[] sampleShape();

    /** Number of classes; 0 if there are no labels. */
    int classes();

    /**
     * Writes the samples with the given numbers, in their order.
     *
     * @param indices (n), each in 0 .. size - 1; repeats are fine
     * @param x (n, sample), overwritten
     * @param labels (n), overwritten with 0 .. classes - 1; null if not wanted; left as it is if there are no classes
     * @throws IllegalArgumentException if a number is outside or an array has another length
     */
    void read(long[] indices, float[] x, int @Nullable [] labels);
}
