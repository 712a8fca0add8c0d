package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** x repeated to a larger shape by NumPy's rule. */
record BroadcastTo(Shape shape) implements LinearOp {
    @Override
    public String name() {
        return "broadcastTo";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        if (!Shape.broadcast("broadcastTo", x.shape(), shape).equals(shape)) {
            throw new IllegalArgumentException(
                    "broadcastTo: got " + x.shape() + " for " + shape + "; expected a shape that repeats to it");
        }
        int[] sizes = shape.sizes();
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device()
                .run(new Elementwise(
                        Elementwise.Code.COPY,
                        0,
                        0,
                        sizes,
                        Layout.contiguous(y.buffer(), sizes),
                        Layout.broadcast(x.buffer(), x.shape().sizes(), sizes)));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Ops.sumTo(g, x.shape());
    }
}
