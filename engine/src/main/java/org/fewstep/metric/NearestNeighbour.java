package org.fewstep.metric;

import java.util.Arrays;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Euclidean distance of points to the nearest of a growing set of references: a sample that lies closer to the training
 * data than data held out do is a copy.
 *
 * <p>The candidate of each part is found by |y|^2 - 2 x.y with products in F32 on the device; its distance is computed in
 * double, so that a copy has distance 0. Time: n m d products for n points and m references.
 */
public final class NearestNeighbour {
    private static final int PART = 2048;

    private final Device device;
    private final float[] points;
    private final int d;
    private final int n;
    private final double[] least;

    /**
     * Points without a neighbour yet.
     *
     * @param points (n, d), which must not change any more
     */
    public NearestNeighbour(Device device, float[] points, int d) {
        this.device = device;
        this.points = points;
        this.d = d;
        this.n = PointSets.count("nearest neighbour", "points", points, d, 1);
        this.least = new double[n];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
    }

    /** Adds references (m, d). */
    public void add(float[] references) {
        int m = PointSets.count("nearest neighbour", "references", references, d, 0);
        try (NoGrad off = NoGrad.open();
                Scope all = device.scope()) {
            Tensor x = Tensor.of(device, DType.F32, points, n, d);
            for (int from = 0; from < m; from += PART) {
                int to = Math.min(m, from + PART);
                try (Scope part = device.scope()) {
                    float[] y = Arrays.copyOfRange(references, from * d, to * d);
                    Tensor products = Ops.matmul(x, Tensor.of(device, DType.F32, y, to - from, d), false, true);
                    compare(products.toFloats(), y, to - from);
                }
            }
        }
    }

    private void compare(float[] products, float[] y, int m) {
        double[] lengths = new double[m];
        for (int j = 0; j < m; j++) {
            for (int k = 0; k < d; k++) {
                lengths[j] += (double) y[j * d + k] * y[j * d + k];
            }
        }
        for (int i = 0; i < n; i++) {
            int nearest = 0;
            double best = Double.POSITIVE_INFINITY;
            for (int j = 0; j < m; j++) {
                double score = lengths[j] - 2.0 * products[i * m + j];
                if (score < best) {
                    best = score;
                    nearest = j;
                }
            }
            least[i] = Math.min(least[i], PointSets.squaredDistance(points, i, y, nearest, d));
        }
    }

    /** Distance of each point (n) to the nearest reference so far; infinite without references. */
    public double[] distances() {
        return Arrays.stream(least).map(Math::sqrt).toArray();
    }
}
