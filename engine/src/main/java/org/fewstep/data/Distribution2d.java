package org.fewstep.data;

import org.fewstep.tensor.Rng;

/** A law on the plane that can be sampled without end: the toy data of the papers. */
public interface Distribution2d {
    /** Lower case with hyphens, as recipes write it. */
    String name();

    /**
     * Writes samples first .. first + count - 1; each depends on (seed, its number) only.
     *
     * @param xy (count, 2), overwritten
     * @throws IllegalArgumentException if {@code xy} has another length, or a sample number or the count is negative
     */
    void sample(Rng rng, long first, int count, float[] xy);
}
