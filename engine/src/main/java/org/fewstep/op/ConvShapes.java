package org.fewstep.op;

import org.fewstep.kernels.Conv2d.Geometry;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Sizes shared by the three convolution operations. */
final class ConvShapes {
    private ConvShapes() {}

    /** Output size along one side, -1 when the kernel is larger than the padded image. */
    static int places(int size, int padding, int kernel, int stride) {
        int room = size + 2 * padding - kernel;
        return room < 0 ? -1 : room / stride + 1;
    }

    /** The kernel's sizes for images x (B, C, H, W), weights w (O, C/groups, kH, kW) and an output of height, width. */
    static Geometry geometry(int stride, int padding, int groups, Shape x, Shape w, int height, int width) {
        return new Geometry(
                x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), height, width, w.dim(2), w.dim(3), stride, stride,
                padding, padding, groups);
    }

    static void requireFloats(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype() || !a.dtype().floating()) {
            throw new IllegalArgumentException(
                    name + ": got " + a.dtype() + " and " + b.dtype() + "; expected F32 or F64, the same for all");
        }
    }
}
