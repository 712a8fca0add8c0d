package org.fewstep.path;

import org.fewstep.tensor.Tensor;

/** The cost of minibatch optimal transport: squared Euclidean distances between flattened samples, in double. */
public final class SquaredDistances {
    private SquaredDistances() {}

    /**
     * The matrix of costs.
     *
     * @param x (m, ...)
     * @param y (n, ...) of the same sample shape
     * @return (m)(n)
     */
    public static double[][] between(Tensor x, Tensor y) {
        int m = x.dim(0);
        int n = y.dim(0);
        int width = m == 0 ? 0 : x.shape().count() / m;
        if (n > 0 && y.shape().count() / n != width) {
            throw new IllegalArgumentException(
                    "squared distances: got " + x.shape() + " and " + y.shape() + "; expected samples of one shape");
        }
        double[] a = x.toDoubles();
        double[] b = y.toDoubles();
        double[][] cost = new double[m][n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < width; k++) {
                    double d = a[i * width + k] - b[j * width + k];
                    sum += d * d;
                }
                cost[i][j] = sum;
            }
        }
        return cost;
    }
}
