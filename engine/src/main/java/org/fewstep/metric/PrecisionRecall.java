package org.fewstep.metric;

import java.util.Arrays;

/**
 * Improved precision and recall of samples by nearest neighbours (Kynkaanniemi et al. 2019, arXiv:1904.06991): each set covers
 * the balls about its points that reach to their k-th neighbour in it. Time (n + m)^2 d.
 *
 * @param precision share of the samples that the data cover: how many look like data
 * @param recall share of the data that the samples cover: how much of the data's variety is there
 */
public record PrecisionRecall(double precision, double recall) {
    /** k as published. */
    public static final int NEIGHBOURS = 3;

    /**
     * The two shares.
     *
     * @param samples (n, d), more than k
     * @param data (m, d), more than k
     * @param k of the neighbour whose distance is the radius, at least 1
     * @throws IllegalArgumentException if a set is too small or ragged or has a coordinate that is not finite
     */
    public static PrecisionRecall of(float[] samples, float[] data, int d, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("precision and recall: got k = " + k + "; expected at least 1");
        }
        int n = PointSets.count("precision and recall", "samples", samples, d, k + 1);
        int m = PointSets.count("precision and recall", "data", data, d, k + 1);
        return new PrecisionRecall(covered(samples, n, data, m, d, k), covered(data, m, samples, n, d, k));
    }

    /** Share of x that the balls of y cover. */
    private static double covered(float[] x, int n, float[] y, int m, int d, int k) {
        double[] radius = new double[m];
        double[] nearest = new double[k];
        for (int j = 0; j < m; j++) {
            Arrays.fill(nearest, Double.POSITIVE_INFINITY);
            for (int i = 0; i < m; i++) {
                if (i != j) {
                    insert(nearest, PointSets.squaredDistance(y, j, y, i, d));
                }
            }
            radius[j] = nearest[k - 1];
        }
        int count = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                if (PointSets.squaredDistance(x, i, y, j, d) <= radius[j]) {
                    count++;
                    break;
                }
            }
        }
        return (double) count / n;
    }

    /** Keeps the least numbers, ascending. */
    private static void insert(double[] least, double value) {
        int at = least.length - 1;
        if (value >= least[at]) {
            return;
        }
        while (at > 0 && least[at - 1] > value) {
            least[at] = least[at - 1];
            at--;
        }
        least[at] = value;
    }
}
