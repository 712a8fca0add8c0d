package org.fewstep.op;

import org.fewstep.kernels.Conv2d.Code;
import org.fewstep.kernels.Conv2d.Geometry;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * The transpose of {@link Conv2d} in its images, which is transposed convolution: images (B, C, height, width) from y
 * (B, O, H, W) and w (O, C/groups, kH, kW).
 */
record Conv2dInput(int stride, int padding, int groups, int height, int width) implements BilinearOp {
    /** Transposed convolution of x (B, C, H, W) with w (C, O / groups, kH, kW). */
    static Tensor of(Tensor x, Tensor w, int stride, int padding, int outputPadding, int groups) {
        Args.requireFloats("convTranspose2d", x, w);
        boolean fits = stride >= 1
                && padding >= 0
                && outputPadding >= 0
                && outputPadding < stride
                && groups >= 1
                && x.rank() == 4
                && w.rank() == 4
                && x.dim(1) == w.dim(0)
                && w.dim(0) % groups == 0;
        long height = fits ? side(x.dim(2), w.dim(2), stride, padding, outputPadding) : 0;
        long width = fits ? side(x.dim(3), w.dim(3), stride, padding, outputPadding) : 0;
        if (height < 1 || width < 1 || height > Integer.MAX_VALUE || width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("convTranspose2d: got x " + x.shape() + ", w " + w.shape() + ", stride "
                    + stride + ", padding " + padding + ", output padding " + outputPadding + ", groups " + groups
                    + "; expected (B, C, H, W), (C, O / groups, kH, kW), a stride of at least 1, a padding that leaves a"
                    + " pixel and 0 <= output padding < stride");
        }
        return Tensor.apply(new Conv2dInput(stride, padding, groups, (int) height, (int) width), x, w);
    }

    private static long side(int size, int kernel, int stride, int padding, int outputPadding) {
        return (size - 1L) * stride - 2L * padding + kernel + outputPadding;
    }

    @Override
    public String name() {
        return "conv2dInput";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor y = in[0];
        Tensor w = in[1];
        ConvShapes.requireFloats(name(), y, w);
        if (y.rank() != 4
                || w.rank() != 4
                || y.dim(1) != w.dim(0)
                || w.dim(0) % groups != 0
                || y.dim(2) != ConvShapes.places(height, padding, w.dim(2), stride)
                || y.dim(3) != ConvShapes.places(width, padding, w.dim(3), stride)) {
            throw new IllegalArgumentException(
                    "conv2dInput: got y " + y.shape() + ", w " + w.shape() + ", stride " + stride + ", padding "
                            + padding + ", groups " + groups + " for images of " + height + "x" + width
                            + "; expected (B, O, H, W) and (O, C / groups, kH, kW), H and W those that a convolution"
                            + " of such images gives");
        }
        Shape shape = Shape.of(y.dim(0), w.dim(1) * groups, height, width);
        Geometry g = ConvShapes.geometry(stride, padding, groups, shape, w.shape(), y.dim(2), y.dim(3));
        Tensor x = Tensor.of(y.device().allocate(y.dtype(), shape.count()), shape);
        x.device().run(new org.fewstep.kernels.Conv2d(Code.INPUT, g, x.buffer(), w.buffer(), null, y.buffer()));
        return x;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor x, Tensor... in) {
        Tensor w = in[1];
        return i == 0
                ? Tensor.apply(new Conv2d(stride, padding, groups), g, w)
                : Tensor.apply(new Conv2dWeight(stride, padding, groups, w.dim(2), w.dim(3)), g, in[0]);
    }
}
