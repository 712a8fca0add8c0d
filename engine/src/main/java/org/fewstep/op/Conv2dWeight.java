package org.fewstep.op;

import org.fewstep.kernels.Conv2d.Code;
import org.fewstep.kernels.Conv2d.Geometry;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * The transpose of {@link Conv2d} in its weights: (O, C/groups, kernelHeight, kernelWidth) from images x (B, C, H, W) and
 * y (B, O, oH, oW), summed over the batch.
 */
record Conv2dWeight(int stride, int padding, int groups, int kernelHeight, int kernelWidth) implements BilinearOp {
    @Override
    public String name() {
        return "conv2dWeight";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Tensor y = in[1];
        ConvShapes.requireFloats(name(), x, y);
        if (x.rank() != 4
                || y.rank() != 4
                || x.dim(0) != y.dim(0)
                || x.dim(1) % groups != 0
                || y.dim(1) % groups != 0
                || y.dim(2) != ConvShapes.places(x.dim(2), padding, kernelHeight, stride)
                || y.dim(3) != ConvShapes.places(x.dim(3), padding, kernelWidth, stride)) {
            throw new IllegalArgumentException("conv2dWeight: got x " + x.shape() + ", y " + y.shape() + ", stride "
                    + stride + ", padding " + padding + ", groups " + groups + " for a kernel of " + kernelHeight + "x"
                    + kernelWidth + "; expected (B, C, H, W) and (B, O, oH, oW), oH and oW those that a convolution"
                    + " gives");
        }
        Shape shape = Shape.of(y.dim(1), x.dim(1) / groups, kernelHeight, kernelWidth);
        Geometry g = ConvShapes.geometry(stride, padding, groups, x.shape(), shape, y.dim(2), y.dim(3));
        Tensor w = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        w.device().run(new org.fewstep.kernels.Conv2d(Code.WEIGHT, g, x.buffer(), w.buffer(), null, y.buffer()));
        return w;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor w, Tensor... in) {
        Tensor x = in[0];
        return i == 0
                ? Tensor.apply(new Conv2dInput(stride, padding, groups, x.dim(2), x.dim(3)), in[1], g)
                : Tensor.apply(new Conv2d(stride, padding, groups), x, g);
    }
}
