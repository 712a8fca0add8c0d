package org.fewstep.data;

import org.fewstep.tensor.Rng;

/**
 * One arm of an Archimedean spiral around the origin, r = radius * angle / (2 pi turns), with Gaussian noise. The angle is
 * 2 pi turns sqrt(u), u uniform, which spreads the points almost evenly along the arm.
 *
 * @param radius where the arm ends, above 0
 * @param turns of the arm, above 0
 * @param noise standard deviation per coordinate, at least 0
 */
public record Spiral(double radius, double turns, double noise) implements Distribution2d {
    /** Refuses sizes that make no law. */
    public Spiral {
        Parameters.requirePositive("spiral", "radius", radius);
        Parameters.requirePositive("spiral", "turns", turns);
        Parameters.requireNotNegative("spiral", "noise", noise);
    }

    /** Radius 2, two turns, noise 0.05. */
    public Spiral() {
        this(2, 2, 0.05);
    }

    @Override
    public String name() {
        return "spiral";
    }

    @Override
    public void sample(Rng rng, long first, int count, float[] xy) {
        Parameters.requireLength(name(), count, xy);
        double[] along = rng.uniform(first, count, 0);
        double[] x = rng.normal(first, count, 1);
        double[] y = rng.normal(first, count, 2);
        for (int i = 0; i < count; i++) {
            double part = Math.sqrt(along[i]);
            double angle = 2 * Math.PI * turns * part;
            xy[2 * i] = (float) (radius * part * StrictMath.cos(angle) + noise * x[i]);
            xy[2 * i + 1] = (float) (radius * part * StrictMath.sin(angle) + noise * y[i]);
        }
    }
}
