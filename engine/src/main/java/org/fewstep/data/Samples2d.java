package org.fewstep.data;

import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** The endless, unlabelled dataset of samples of a law on the plane; sample i depends on (seed, i) only. */
public record Samples2d(Distribution2d law, Rng rng) implements Dataset {
    @Override
    public long size() {
        return ENDLESS;
    }

    @Override
    public int[] sampleShape() {
        return new int[] {2};
    }

    @Override
    public int classes() {
        return 0;
    }

    @Override
    public void read(long[] indices, float[] x, int @Nullable [] labels) {
        Parameters.requireBatch(law.name(), indices, size(), 2, x, labels);
        int end;
        for (int start = 0; start < indices.length; start = end) {
            end = start + 1;
            while (end < indices.length && indices[end] == indices[end - 1] + 1) {
                end++;
            }
            float[] run = new float[2 * (end - start)];
            law.sample(rng, indices[start], end - start, run);
            System.arraycopy(run, 0, x, 2 * start, run.length);
        }
    }
}
