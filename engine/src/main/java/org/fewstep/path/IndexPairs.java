package org.fewstep.path;

/**
 * Pairs of samples of two batches.
 *
 * @param noise indices into the noise batch
 * @param data indices into the data batch
 */
public record IndexPairs(int[] noise, int[] data) {
    public IndexPairs {
        if (noise.length != data.length) {
            throw new IllegalArgumentException(
                    "index pairs: got " + noise.length + " and " + data.length + " indices; expected as many");
        }
    }
}
