package org.fewstep.metric;

/**
 * Energy distance of two sample sets, 2 E|X - Y| - E|X - X'| - E|Y - Y'| with Euclidean norms (not its root).
 *
 * <p>Szekely, Rizzo, "Energy statistics: a class of statistics based on distances" (J. Stat. Plan. Inference 143, 2013),
 * section 6. Time n m d.
 */
public final class EnergyDistance {
    private EnergyDistance() {}

    /**
     * The V-statistic: means over all pairs, those of a point with itself included.
     *
     * <p>Never negative, and zero for equal sets. Two independent sets of n and m points from one law give on average
     * (1/n + 1/m) E|X - X'|.
     *
     * @param x (n, d)
     * @param y (m, d)
     * @throws IllegalArgumentException if a set is empty or ragged or has a coordinate that is not finite
     */
    public static double of(float[] x, float[] y, int d) {
        int n = PointSets.count("energy distance", "x", x, d, 1);
        int m = PointSets.count("energy distance", "y", y, d, 1);
        double within = 2 * pairs(x, n, d) / ((double) n * n) + 2 * pairs(y, m, d) / ((double) m * m);
        return Math.max(0, 2 * between(x, n, y, m, d) / ((double) n * m) - within);
    }

    /**
     * The U-statistic: means over pairs of two different points. Its expectation is the distance of the two laws; for
     * equal laws it scatters around zero, below as well as above.
     *
     * @param x (n, d), n at least 2
     * @param y (m, d), m at least 2
     * @throws IllegalArgumentException if a set is too small or ragged or has a coordinate that is not finite
     */
    public static double unbiased(float[] x, float[] y, int d) {
        int n = PointSets.count("energy distance", "x", x, d, 2);
        int m = PointSets.count("energy distance", "y", y, d, 2);
        double within = 2 * pairs(x, n, d) / ((double) n * (n - 1)) + 2 * pairs(y, m, d) / ((double) m * (m - 1));
        return 2 * between(x, n, y, m, d) / ((double) n * m) - within;
    }

    /** Sum of |x_i - x_j| over i < j. */
    private static double pairs(float[] x, int n, int d) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            double row = 0;
            for (int j = 0; j < i; j++) {
                row += Math.sqrt(PointSets.squaredDistance(x, i, x, j, d));
            }
            total += row;
        }
        return total;
    }

    private static double between(float[] x, int n, float[] y, int m, int d) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            double row = 0;
            for (int j = 0; j < m; j++) {
                row += Math.sqrt(PointSets.squaredDistance(x, i, y, j, d));
            }
            total += row;
        }
        return total;
    }
}
