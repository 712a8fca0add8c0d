package org.fewstep.metric;

import java.util.Arrays;
import org.fewstep.tensor.Rng;

/**
 * Sliced 2-Wasserstein distance: the root of the mean, over random directions, of the squared 2-Wasserstein distance of
 * the projected sets, which in one dimension is the squared difference of the quantile functions.
 *
 * <p>Rabin, Peyre, Delon, Bernot, "Wasserstein barycenter and its application to texture mixing" (SSVM 2011); Bonneel et
 * al., "Sliced and Radon Wasserstein barycenters of measures" (2015). Time: projections times (n d + n log n).
 */
public final class SlicedWasserstein2 {
    private SlicedWasserstein2() {}

    /**
     * The distance along {@code projections} directions; direction k is the normalised noise of sample k of {@code rng}.
     * Sets of unequal size are compared by their step-shaped quantile functions, exactly.
     *
     * @param x (n, d)
     * @param y (m, d)
     * @throws IllegalArgumentException if a set is empty or ragged or has a coordinate that is not finite, or there is no
     *     projection
     */
    public static double of(float[] x, float[] y, int d, int projections, Rng rng) {
        int n = PointSets.count("sliced Wasserstein", "x", x, d, 1);
        int m = PointSets.count("sliced Wasserstein", "y", y, d, 1);
        if (projections < 1) {
            throw new IllegalArgumentException(
                    "sliced Wasserstein: got " + projections + " projections; expected at least 1");
        }
        double[] px = new double[n];
        double[] py = new double[m];
        double total = 0;
        for (int k = 0; k < projections; k++) {
            double[] direction = direction(d, k, rng);
            project(x, d, direction, px);
            project(y, d, direction, py);
            Arrays.sort(px);
            Arrays.sort(py);
            total += squaredWasserstein2(px, py);
        }
        return Math.sqrt(total / projections);
    }

    /** A uniform point of the unit sphere. */
    private static double[] direction(int d, int k, Rng rng) {
        float[] z = new float[d];
        double norm = 0;
        for (int step = 0; norm == 0; step++) {
            rng.fillNormal(z, 0, d, k, step);
            for (float c : z) {
                norm += (double) c * c;
            }
        }
        double[] direction = new double[d];
        for (int i = 0; i < d; i++) {
            direction[i] = z[i] / Math.sqrt(norm);
        }
        return direction;
    }

    private static void project(float[] points, int d, double[] direction, double[] out) {
        for (int i = 0; i < out.length; i++) {
            double dot = 0;
            for (int k = 0; k < d; k++) {
                dot += points[i * d + k] * direction[k];
            }
            out[i] = dot;
        }
    }

    /**
     * Integral of the squared difference of two quantile functions. In units of 1 / (n m), each of the n values of x
     * covers m and each of the m values of y covers n.
     */
    static double squaredWasserstein2(double[] x, double[] y) {
        int n = x.length;
        int m = y.length;
        double total = 0;
        long leftX = m;
        long leftY = n;
        for (int i = 0, j = 0; i < n; ) {
            long mass = Math.min(leftX, leftY);
            double difference = x[i] - y[j];
            total += mass * (difference * difference);
            leftX -= mass;
            leftY -= mass;
            if (leftX == 0) {
                i++;
                leftX = m;
            }
            if (leftY == 0) {
                j++;
                leftY = n;
            }
        }
        return total / ((double) n * m);
    }
}
