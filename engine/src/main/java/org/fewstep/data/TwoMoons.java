package org.fewstep.data;

import org.fewstep.tensor.Rng;

/**
 * Two interleaved half circles of radius 1, centred at (-1/2, -1/4) and (1/2, 1/4), the first open below and the second
 * above, with Gaussian noise.
 *
 * @param noise standard deviation per coordinate, at least 0
 */
public record TwoMoons(double noise) implements Distribution2d {
    /** Refuses a noise that makes no law. */
    public TwoMoons {
        Parameters.requireNotNegative("two-moons", "noise", noise);
    }

    /** Noise 0.1. */
    public TwoMoons() {
        this(0.1);
    }

    @Override
    public String name() {
        return "two-moons";
    }

    @Override
    public void sample(Rng rng, long first, int count, float[] xy) {
        Parameters.requireLength(name(), count, xy);
        int[] moon = rng.integers(first, count, 0, 2);
        double[] along = rng.uniform(first, count, 1);
        double[] x = rng.normal(first, count, 2);
        double[] y = rng.normal(first, count, 3);
        for (int i = 0; i < count; i++) {
            double angle = Math.PI * along[i];
            int side = moon[i] == 0 ? 1 : -1; // the second moon is the first, turned half around the origin
            xy[2 * i] = (float) (side * (StrictMath.cos(angle) - 0.5) + noise * x[i]);
            xy[2 * i + 1] = (float) (side * (StrictMath.sin(angle) - 0.25) + noise * y[i]);
        }
    }
}
