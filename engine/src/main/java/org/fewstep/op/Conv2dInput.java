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
