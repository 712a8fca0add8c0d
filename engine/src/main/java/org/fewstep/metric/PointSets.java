package org.fewstep.metric;

/** Checks and distances shared by the metrics, on row-major points (n, d). */
final class PointSets {
    private PointSets() {}

    /** Number of points, at least {@code least}, all coordinates finite. */
    static int count(String op, String name, float[] points, int d, int least) {
        if (d < 1) {
            throw new IllegalArgumentException(op + ": got d " + d + "; expected at least 1");
        }
        if (points.length % d != 0) {
            throw new IllegalArgumentException(op + ": got " + name + " of length " + points.length
                    + "; expected a multiple of d = " + d + "; points are rows of d coordinates");
        }
        int n = points.length / d;
        if (n < least) {
            throw new IllegalArgumentException(
                    op + ": got " + n + " points in " + name + "; expected at least " + least);
        }
        for (int i = 0; i < points.length; i++) {
            if (!Float.isFinite(points[i])) {
                throw new IllegalArgumentException(op + ": got " + points[i] + " at (" + i / d + ", " + i % d + ") of "
                        + name + "; expected finite coordinates");
            }
        }
        return n;
    }

    /** |x_i - y_j|^2 */
    static double squaredDistance(float[] x, int i, float[] y, int j, int d) {
        double sum = 0;
        for (int k = 0; k < d; k++) {
            double difference = (double) x[i * d + k] - y[j * d + k];
            sum += difference * difference;
        }
        return sum;
    }
}
