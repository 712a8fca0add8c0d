package org.fewstep.loss;

import org.fewstep.tensor.Rng;

/**
 * Guidance scales w uniform on a range, one a sample; 0 is no guidance.
 *
 * @param least at least 0
 * @param most at least the least
 */
public record GuidanceLaw(double least, double most) {
    public GuidanceLaw {
        if (!(0 <= least && least <= most) || Double.isInfinite(most)) {
            throw new IllegalArgumentException(
                    "guidance: got w from " + least + " to " + most + "; expected 0 <= least <= most, finite");
        }
    }

    double[] sample(Rng rng, int step, int count) {
        double[] w = rng.stream("guidance").uniform(0, count, step);
        for (int i = 0; i < w.length; i++) {
            w[i] = least + (most - least) * w[i];
        }
        return w;
    }
}
