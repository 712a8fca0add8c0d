package org.fewstep.loss;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Moves each image of a batch by whole pixels, up to a greatest distance in both directions; the edge is repeated.
 *
 * @param most greatest distance in pixels, at least 0
 */
record RandomShift(int most) {
    /** Images (B, C, H, W), each moved by a distance of its own. */
    Tensor of(Tensor x, Rng rng, int step) {
        if (most == 0) {
            return x;
        }
        if (x.rank() != 4) {
            throw new IllegalArgumentException("shift: got samples " + x.shape() + "; expected images (B, C, H, W)");
        }
        int batch = x.dim(0);
        int height = x.dim(2);
        int width = x.dim(3);
        double[] u = rng.uniform(0, 2 * batch, step);
        int[] from = new int[x.shape().count()];
        int planes = x.dim(1);
        for (int k = 0, i = 0; k < batch * planes; k++) {
            int down = distance(u[2 * (k / planes)]);
            int right = distance(u[2 * (k / planes) + 1]);
            for (int row = 0; row < height; row++) {
                int start = (k * height + clamp(row - down, height)) * width;
                for (int column = 0; column < width; column++) {
                    from[i++] = start + clamp(column - right, width);
                }
            }
        }
        Tensor pixels = Ops.reshape(x, from.length, 1);
        return Ops.reshape(Ops.gatherRows(pixels, from), x.shape());
    }

    private int distance(double u) {
        return Math.min((int) (u * (2 * most + 1)), 2 * most) - most;
    }

    private static int clamp(int at, int size) {
        return Math.min(Math.max(at, 0), size - 1);
    }
}
