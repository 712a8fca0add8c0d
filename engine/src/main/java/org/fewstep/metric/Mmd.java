package org.fewstep.metric;

import java.util.Arrays;

/**
 * Squared maximum mean discrepancy, E k(X, X') + E k(Y, Y') - 2 E k(X, Y), with the mean of one kernel over a list of
 * bandwidths h.
 *
 * <p>Gretton, Borgwardt, Rasch, Schoelkopf, Smola, "A kernel two-sample test" (JMLR 13, 2012), lemma 6. Kernels: RBF
 * exp(-|x - y|^2 / (2 h^2)), Laplace exp(-|x - y| / h), both with the Euclidean norm, so k(x, x) = 1. Time n m (d +
 * bandwidths).
 */
public final class Mmd {
    /** Points of each set that the median heuristic looks at. */
    private static final int MEDIAN_POINTS = 512;

    private final boolean rbf;
    private final double[] bandwidths;

    private Mmd(boolean rbf, double[] bandwidths) {
        if (bandwidths.length == 0) {
            throw new IllegalArgumentException("MMD: got no bandwidth; expected at least one; see medianDistance");
        }
        for (double h : bandwidths) {
            if (!(h > 0) || Double.isInfinite(h)) {
                throw new IllegalArgumentException("MMD: got bandwidth " + h + "; expected a finite number above 0");
            }
        }
        this.rbf = rbf;
        this.bandwidths = bandwidths.clone();
    }

    /**
     * Gaussian kernels.
     *
     * @throws IllegalArgumentException if there is no bandwidth or one is not a finite number above 0
     */
    public static Mmd rbf(double... bandwidths) {
        return new Mmd(true, bandwidths);
    }

    /**
     * Laplace kernels.
     *
     * @throws IllegalArgumentException if there is no bandwidth or one is not a finite number above 0
     */
    public static Mmd laplace(double... bandwidths) {
        return new Mmd(false, bandwidths);
    }

    /**
     * The median heuristic for a bandwidth: the median distance of two different points of the pooled sets, of which at
     * most 512 each, evenly spread over the set, are looked at.
     *
     * @param x (n, d)
     * @param y (m, d)
     * @throws IllegalArgumentException if a set is empty or ragged or has a coordinate that is not finite, or most points
     *     coincide
     */
    public static double medianDistance(float[] x, float[] y, int d) {
        int n = PointSets.count("median distance", "x", x, d, 1);
        int m = PointSets.count("median distance", "y", y, d, 1);
        int fromX = Math.min(n, MEDIAN_POINTS);
        int count = fromX + Math.min(m, MEDIAN_POINTS);
        float[] pooled = new float[count * d];
        for (int i = 0; i < count; i++) {
            if (i < fromX) {
                int row = (int) ((long) i * n / fromX);
                System.arraycopy(x, row * d, pooled, i * d, d);
            } else {
                int row = (int) ((long) (i - fromX) * m / (count - fromX));
                System.arraycopy(y, row * d, pooled, i * d, d);
            }
        }
        double[] distances = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++) {
                distances[next++] = Math.sqrt(PointSets.squaredDistance(pooled, i, pooled, j, d));
            }
        }
        Arrays.sort(distances);
        double median = (distances[(next - 1) / 2] + distances[next / 2]) / 2;
        if (median == 0) {
            throw new IllegalArgumentException(
                    "median distance: got 0; expected points of which at least half differ; give a bandwidth instead");
        }
        return median;
    }

    /**
     * The V-statistic (means over all pairs, those of a point with itself included): never negative, zero for equal sets.
     *
     * @param x (n, d)
     * @param y (m, d)
     * @throws IllegalArgumentException if a set is empty or ragged or has a coordinate that is not finite
     */
    public double squared(float[] x, float[] y, int d) {
        int n = PointSets.count("MMD", "x", x, d, 1);
        int m = PointSets.count("MMD", "y", y, d, 1);
        double within = (n + 2 * pairs(x, n, d)) / ((double) n * n) + (m + 2 * pairs(y, m, d)) / ((double) m * m);
        return Math.max(0, within - 2 * between(x, n, y, m, d) / ((double) n * m));
    }

    /**
     * The U-statistic (means over pairs of two different points): its expectation is the squared discrepancy of the laws,
     * so it scatters around zero for equal ones.
     *
     * @param x (n, d), n at least 2
     * @param y (m, d), m at least 2
     * @throws IllegalArgumentException if a set is too small or ragged or has a coordinate that is not finite
     */
    public double squaredUnbiased(float[] x, float[] y, int d) {
        int n = PointSets.count("MMD", "x", x, d, 2);
        int m = PointSets.count("MMD", "y", y, d, 2);
        double within = 2 * pairs(x, n, d) / ((double) n * (n - 1)) + 2 * pairs(y, m, d) / ((double) m * (m - 1));
        return within - 2 * between(x, n, y, m, d) / ((double) n * m);
    }

    /** Sum of k(x_i, x_j) over j < i. */
    private double pairs(float[] x, int n, int d) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            double row = 0;
            for (int j = 0; j < i; j++) {
                row += kernel(PointSets.squaredDistance(x, i, x, j, d));
            }
            total += row;
        }
        return total;
    }

    private double between(float[] x, int n, float[] y, int m, int d) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            double row = 0;
            for (int j = 0; j < m; j++) {
                row += kernel(PointSets.squaredDistance(x, i, y, j, d));
            }
            total += row;
        }
        return total;
    }

    private double kernel(double squaredDistance) {
        double sum = 0;
        for (double h : bandwidths) {
            sum += StrictMath.exp(rbf ? -squaredDistance / (2 * h * h) : -Math.sqrt(squaredDistance) / h);
        }
        return sum / bandwidths.length;
    }
}
