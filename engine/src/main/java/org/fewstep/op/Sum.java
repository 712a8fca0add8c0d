package org.fewstep.op;

import org.fewstep.kernels.Reduce;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** scale times the sum over one axis, which disappears. */
record Sum(int axis, double scale) implements LinearOp {
    @Override
    public String name() {
        return "sum";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Args.requireFloats(name(), x);
        int[] sizes = x.shape().sizes();
        int outer = 1;
        int inner = 1;
        int[] left = new int[sizes.length - 1];
        for (int d = 0; d < sizes.length; d++) {
            if (d < axis) {
                outer *= sizes[d];
                left[d] = sizes[d];
            } else if (d > axis) {
                inner *= sizes[d];
                left[d - 1] = sizes[d];
            }
        }
        Shape shape = Shape.of(left);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device().run(new Reduce(Reduce.Code.SUM, outer, sizes[axis], inner, scale, x.buffer(), y.buffer()));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        int[] sizes = x.shape().sizes();
        sizes[axis] = 1;
        Tensor column = Ops.reshape(scale == 1 ? g : Ops.scale(g, scale), Shape.of(sizes));
        return Ops.broadcastTo(column, x.shape());
    }
}
