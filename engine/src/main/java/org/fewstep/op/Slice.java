package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Indices from (included) to (excluded) of one axis. */
record Slice(int axis, int from, int to) implements LinearOp {
    @Override
    public String name() {
        return "slice";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        int[] sizes = x.shape().sizes();
        int[] strides = Layout.rowMajor(sizes);
        sizes[axis] = to - from;
        Shape shape = Shape.of(sizes);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device()
                .run(new Elementwise(
                        Elementwise.Code.COPY,
                        0,
                        0,
                        sizes,
                        Layout.contiguous(y.buffer(), sizes),
                        new Layout(x.buffer(), from * strides[axis], strides)));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Ops.pad(g, axis, from, x.dim(axis) - to);
    }
}
