package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** x with zeros before and after along one axis. */
record Pad(int axis, int before, int after) implements LinearOp {
    @Override
    public String name() {
        return "pad";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        int[] inner = x.shape().sizes();
        int[] sizes = inner.clone();
        sizes[axis] += before + after;
        Shape shape = Shape.of(sizes);
        int[] strides = Layout.rowMajor(sizes);
        Tensor y = Tensor.full(x.device(), x.dtype(), 0, shape);
        y.device()
                .run(new Elementwise(
                        Elementwise.Code.COPY,
                        0,
                        0,
                        inner,
                        new Layout(y.buffer(), before * strides[axis], strides),
                        Layout.contiguous(x.buffer(), inner)));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Ops.slice(g, axis, before, before + x.dim(axis));
    }
}
