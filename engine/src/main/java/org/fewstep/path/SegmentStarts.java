package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * The starts t = j (1 - least) / k + least, j = 0 .. k - 1, of k equal steps of a rectified flow, each equally likely: the times of
 * k-step distillation, and for k = 1 of one-step distillation (Liu, Gong, Liu 2022, arXiv:2209.03003; gnobitab/RectifiedFlow).
 *
 * @param count k, at least 1
 * @param least first time, in [0, 1); 1e-3 as published
 */
public record SegmentStarts(int count, double least) implements TimeSampler {
    public SegmentStarts {
        if (count < 1 || !(0 <= least && least < 1)) {
            throw new IllegalArgumentException("segment starts: got " + count + " segments from " + least
                    + "; expected at least 1 and a time in [0, 1)");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").integers(0, count, step, this.count));
    }

    /** The starts of given segments. */
    public double[] times(int[] segment) {
        double[] t = new double[segment.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = segment[i] * (1 - least) / count + least;
        }
        return t;
    }
}
