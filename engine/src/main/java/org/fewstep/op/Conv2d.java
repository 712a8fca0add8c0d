package org.fewstep.op;

import org.fewstep.kernels.Conv2d.Code;
import org.fewstep.kernels.Conv2d.Geometry;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Cross-correlation of images x (B, C, H, W) with weights w (O, C/groups, kH, kW), zero padding on all four sides, and a
 * bias (O) if there is a third input: (B, O, (H + 2 padding - kH) / stride + 1, ...), rounded down.
 */
record Conv2d(int stride, int padding, int groups) implements BilinearOp {
    @Override
    public String name() {
        return "conv2d";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Tensor w = in[1];
        Tensor bias = in.length > 2 ? in[2] : null;
        ConvShapes.requireFloats(name(), x, w);
        boolean fits = x.rank() == 4
                && w.rank() == 4
                && w.dim(1) * groups == x.dim(1)
                && w.dim(0) % groups == 0
                && ConvShapes.places(x.dim(2), padding, w.dim(2), stride) >= 0
                && ConvShapes.places(x.dim(3), padding, w.dim(3), stride) >= 0;
        if (!fits || (bias != null && (!bias.shape().equals(Shape.of(w.dim(0))) || bias.dtype() != x.dtype()))) {
            throw new IllegalArgumentException("conv2d: got x " + x.shape() + ", w " + w.shape()
                    + (bias == null ? "" : ", bias " + bias.shape()) + ", padding " + padding + ", groups " + groups
                    + "; expected (B, C, H, W), (O, C / groups, kH, kW) and (O), the kernel not larger than the padded"
                    + " image");
        }
        int height = ConvShapes.places(x.dim(2), padding, w.dim(2), stride);
        int width = ConvShapes.places(x.dim(3), padding, w.dim(3), stride);
        Geometry g = ConvShapes.geometry(stride, padding, groups, x.shape(), w.shape(), height, width);
        Shape shape = Shape.of(x.dim(0), w.dim(0), height, width);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device()
                .run(new org.fewstep.kernels.Conv2d(
                        Code.FORWARD, g, x.buffer(), w.buffer(), bias == null ? null : bias.buffer(), y.buffer()));
        return y;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        Tensor x = in[0];
        Tensor w = in[1];
        return switch (i) {
            case 0 -> Tensor.apply(new Conv2dInput(stride, padding, groups, x.dim(2), x.dim(3)), g, w);
            case 1 -> Tensor.apply(new Conv2dWeight(stride, padding, groups, w.dim(2), w.dim(3)), x, g);
            default -> Ops.sum(g, 0, 2, 3);
        };
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor sum = along(dx, in);
        Tensor bias = in.length > 2 ? dx[2] : null;
        if (bias == null) {
            return sum;
        }
        Tensor channels = Ops.reshape(bias, bias.dim(0), 1, 1);
        return sum == null ? Ops.broadcastTo(channels, y.shape()) : Ops.add(sum, channels);
    }

    @Override
    public boolean savesInput(int i) {
        return i < 2;
    }
}
