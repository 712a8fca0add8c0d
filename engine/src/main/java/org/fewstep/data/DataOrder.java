package org.fewstep.data;

import org.fewstep.tensor.Rng;

/**
 * Which samples make up the batch of a training step, as a function of the step's number alone: a run resumes by knowing
 * its step.
 *
 * <p>A finite dataset is an unending sequence of epochs, epoch e in the order {@code rng.permutation(e, size)}; step s
 * takes positions s * batch to (s + 1) * batch - 1 of it, across the border of two epochs where it falls there, so no
 * sample is left out. An endless dataset is read in order. Keeps the last permutation; not for use by several threads at
 * once.
 */
public final class DataOrder {
    private final long size;
    private final int batch;
    private final Rng rng;
    private long epoch = -1;
    private int[] order = {};

    /**
     * @param size {@link Dataset#size}: at least 1 and below 2^31, or {@link Dataset#ENDLESS}
     * @param batch samples a step, at least 1; may exceed the size
     */
    public DataOrder(long size, int batch, Rng rng) {
        if (size < 1 || (size > Integer.MAX_VALUE && size != Dataset.ENDLESS)) {
            throw new IllegalArgumentException(
                    "data order: got size " + size + "; expected 1 .. " + Integer.MAX_VALUE + " or ENDLESS");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("data order: got batch " + batch + "; expected at least 1");
        }
        this.size = size;
        this.batch = batch;
        this.rng = rng;
    }

    /**
     * Sample numbers of a step's batch.
     *
     * @return (batch)
     * @throws IllegalArgumentException if the step is negative or its positions exceed 2^63 - 1
     */
    public long[] batch(long step) {
        if (step < 0 || step >= Long.MAX_VALUE / batch - 1) {
            throw new IllegalArgumentException(
                    "data order: got step " + step + "; expected 0 .. " + (Long.MAX_VALUE / batch - 2));
        }
        long[] indices = new long[batch];
        for (int i = 0; i < batch; i++) {
            long position = step * batch + i;
            indices[i] = size == Dataset.ENDLESS ? position : shuffled(position);
        }
        return indices;
    }

    private int shuffled(long position) {
        if (position / size != epoch) {
            epoch = position / size;
            order = rng.permutation(epoch, (int) size);
        }
        return order[(int) (position % size)];
    }
}
