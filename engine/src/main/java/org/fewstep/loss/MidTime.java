package org.fewstep.loss;

import java.util.Arrays;
import org.fewstep.tensor.Rng;

/** Where a time u = h s + (1 - h) t lies between the two of a map. */
public enum MidTime {
    /** In the middle, h = 1/2. */
    MIDPOINT {
        @Override
        double[] of(Rng rng, int step, int count) {
            return halves(count);
        }
    },
    /** Anywhere, h uniform. */
    UNIFORM {
        @Override
        double[] of(Rng rng, int step, int count) {
            return rng.uniform(0, count, step);
        }
    };

    /** h of each sample (B). */
    abstract double[] of(Rng rng, int step, int count);

    /** h = 1/2 for each sample (B). */
    static double[] halves(int count) {
        double[] h = new double[count];
        Arrays.fill(h, 0.5);
        return h;
    }
}
