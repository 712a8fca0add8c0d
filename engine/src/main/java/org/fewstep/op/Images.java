package org.fewstep.op;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Sampling images (B, C, H, W) up and down by whole factors. */
final class Images {
    private Images() {}

    static Tensor averagePool(Tensor x, int factor) {
        require("averagePool", x, factor);
        if (x.dim(2) % factor != 0 || x.dim(3) % factor != 0) {
            throw new IllegalArgumentException("averagePool: got " + x.shape() + " and factor " + factor
                    + "; expected a height and width that are multiples of it");
        }
        int height = x.dim(2) / factor;
        int width = x.dim(3) / factor;
        Tensor blocks = Ops.reshape(x, Shape.of(x.dim(0) * x.dim(1) * height, factor, width, factor));
        return Ops.reshape(Ops.mean(blocks, 1, 3), Shape.of(x.dim(0), x.dim(1), height, width));
    }

    static Tensor upsampleNearest(Tensor x, int factor) {
        require("upsampleNearest", x, factor);
        int rows = x.dim(0) * x.dim(1) * x.dim(2);
        Tensor pixels = Ops.reshape(x, Shape.of(rows, 1, x.dim(3), 1));
        Tensor blocks = Ops.broadcastTo(pixels, Shape.of(rows, factor, x.dim(3), factor));
        return Ops.reshape(blocks, Shape.of(x.dim(0), x.dim(1), x.dim(2) * factor, x.dim(3) * factor));
    }

    private static void require(String name, Tensor x, int factor) {
        Args.requireFloats(name, x);
        if (x.rank() != 4 || factor < 1) {
            throw new IllegalArgumentException(
                    name + ": got " + x.shape() + " and factor " + factor + "; expected (B, C, H, W) and at least 1");
        }
    }
}
