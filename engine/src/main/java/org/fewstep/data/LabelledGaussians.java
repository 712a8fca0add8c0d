package org.fewstep.data;

import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** The endless dataset of eight Gaussians whose label is the Gaussian that a sample is of. */
public record LabelledGaussians(EightGaussians law, Rng rng) implements Dataset {
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
        return EightGaussians.MODES;
    }

    @Override
    public void read(long[] indices, float[] x, int @Nullable [] labels) {
        new Samples2d(law, rng).read(indices, x, labels);
        if (labels != null) {
            for (int i = 0; i < indices.length; i++) {
                labels[i] = law.modesOf(rng, indices[i], 1)[0];
            }
        }
    }
}
