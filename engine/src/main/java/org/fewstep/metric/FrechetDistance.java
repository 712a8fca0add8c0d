package org.fewstep.metric;

import org.fewstep.kernels.cpu.SymmetricEigen;

/**
 * Frechet distance of the Gaussians with the means and covariances of two sets, squared as the field reports it:
 *
 * <pre>
 * |m - n|^2 + tr(C + D - 2 (C^(1/2) D C^(1/2))^(1/2))
 * </pre>
 *
 * <p>Of a network's features it is what Heusel et al. 2017 (arXiv:1706.08500) call FID. Covariances have the factor 1 / (n - 1).
 * It is biased upwards for few points: compare sets of equal size, with the distance of two sets of data beside. Time n d^2 + d^3.
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * The distance.
     *
     * @param x (n, d), n at least 2
     * @param y (m, d), m at least 2
     * @throws IllegalArgumentException if a set is too small or ragged or has a coordinate that is not finite
     */
    public static double of(float[] x, float[] y, int d) {
        int n = PointSets.count("Frechet distance", "x", x, d, 2);
        int m = PointSets.count("Frechet distance", "y", y, d, 2);
        double[] meanX = mean(x, n, d);
        double[] meanY = mean(y, m, d);
        double[] c = covariance(x, n, meanX);
        double[] root = SymmetricEigen.of(c, d).root();
        double[] e = covariance(y, m, meanY);
        double cross = SymmetricEigen.of(sandwich(root, e, d), d).rootTrace();
        double distance = -2 * cross;
        for (int i = 0; i < d; i++) {
            double gap = meanX[i] - meanY[i];
            distance += gap * gap + c[i * d + i] + e[i * d + i];
        }
        return Math.max(0, distance);
    }

    private static double[] mean(float[] x, int n, int d) {
        double[] mean = new double[d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                mean[j] += x[i * d + j];
            }
        }
        for (int j = 0; j < d; j++) {
            mean[j] /= n;
        }
        return mean;
    }

    private static double[] covariance(float[] x, int n, double[] mean) {
        int d = mean.length;
        double[] c = new double[d * d];
        double[] gap = new double[d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                gap[j] = x[i * d + j] - mean[j];
            }
            for (int j = 0; j < d; j++) {
                for (int k = 0; k <= j; k++) {
                    c[j * d + k] += gap[j] * gap[k];
                }
            }
        }
        for (int j = 0; j < d; j++) {
            for (int k = 0; k <= j; k++) {
                c[j * d + k] /= n - 1;
                c[k * d + j] = c[j * d + k];
            }
        }
        return c;
    }

    /** R E R for symmetric R and E, both halves from one computation. */
    private static double[] sandwich(double[] r, double[] e, int d) {
        double[] left = product(r, e, d);
        double[] all = product(left, r, d);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (all[i * d + j] + all[j * d + i]) / 2;
                all[i * d + j] = mean;
                all[j * d + i] = mean;
            }
        }
        return all;
    }

    private static double[] product(double[] a, double[] b, int d) {
        double[] c = new double[d * d];
        for (int i = 0; i < d; i++) {
            for (int k = 0; k < d; k++) {
                double factor = a[i * d + k];
                for (int j = 0; j < d; j++) {
                    c[i * d + j] += factor * b[k * d + j];
                }
            }
        }
        return c;
    }
}
