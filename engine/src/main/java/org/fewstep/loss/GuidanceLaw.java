package org.fewstep.loss;

import org.fewstep.tensor.Rng;

/** Guidance scales w uniform on a range, one a sample. */
record GuidanceLaw(double least, double most) {
    double[] sample(Rng rng, int step, int count) {
        double[] w = rng.stream("guidance").uniform(0, count, step);
        for (int i = 0; i < w.length; i++) {
            w[i] = least + (most - least) * w[i];
        }
        return w;
    }
}
