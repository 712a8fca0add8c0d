package org.fewstep.data;

/** Data each of which has a partner at the other end of a path, as the noise that an ODE led to it from. */
public interface PairedDataset extends Dataset {
    /**
     * Writes the partners of the samples with the given numbers, in their order.
     *
     * @param indices (n), each in 0 .. size - 1; repeats are fine
     * @param z (n, sample), overwritten
     * @throws IllegalArgumentException if a number is outside or the array has another length
     */
    void readPartners(long[] indices, float[] z);
}
