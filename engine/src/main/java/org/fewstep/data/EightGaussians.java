package org.fewstep.data;

import org.fewstep.tensor.Rng;

/**
 * Eight equally likely isotropic Gaussians, evenly spaced on a circle around the origin, the first on the positive x
 * axis.
 *
 * @param radius of the circle, above 0
 * @param std of each Gaussian, per coordinate, at least 0
 */
public record EightGaussians(String name, double radius, double std) implements Distribution2d {
    /** Number of Gaussians. */
    public static final int MODES = 8;

    private static final double HALF_ROOT = Math.sqrt(0.5);
    private static final double[] CIRCLE_X = {1, HALF_ROOT, 0, -HALF_ROOT, -1, -HALF_ROOT, 0, HALF_ROOT};
    private static final double[] CIRCLE_Y = {0, HALF_ROOT, 1, HALF_ROOT, 0, -HALF_ROOT, -1, -HALF_ROOT};

    /** Refuses sizes that make no law. */
    public EightGaussians {
        Parameters.requirePositive(name, "radius", radius);
        Parameters.requireNotNegative(name, "std", std);
    }

    /** Radius 2, std 0.2: the project's standard toy. */
    public EightGaussians() {
        this("eight-gaussians", 2, 0.2);
    }

    /** Radius 1, std 0.1: the 8-mode ring of the distribution matching experiments. */
    public static EightGaussians ring() {
        return new EightGaussians("ring", 1, 0.1);
    }

    /** The means, (8, 2). */
    public double[] modes() {
        double[] modes = new double[MODES * 2];
        for (int k = 0; k < MODES; k++) {
            modes[2 * k] = radius * CIRCLE_X[k];
            modes[2 * k + 1] = radius * CIRCLE_Y[k];
        }
        return modes;
    }

    /** Which Gaussian each of the samples first .. first + count - 1 is of, counted around the circle; (count). */
    public int[] modesOf(Rng rng, long first, int count) {
        return rng.integers(first, count, 0, MODES);
    }

    @Override
    public void sample(Rng rng, long first, int count, float[] xy) {
        Parameters.requireLength(name, count, xy);
        int[] mode = modesOf(rng, first, count);
        double[] x = rng.normal(first, count, 1);
        double[] y = rng.normal(first, count, 2);
        for (int i = 0; i < count; i++) {
            xy[2 * i] = (float) (radius * CIRCLE_X[mode[i]] + std * x[i]);
            xy[2 * i + 1] = (float) (radius * CIRCLE_Y[mode[i]] + std * y[i]);
        }
    }
}
