package org.fewstep.op;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.Reduce;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Index (I32) of the greatest element along one axis, which disappears: the first of equals, the first NaN if any. */
record ArgMax(int axis) implements OpaqueOp {
    @Override
    public String name() {
        return "argMax";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Args.requireFloats(name(), x);
        int n = x.dim(axis);
        if (n == 0) {
            throw new IllegalArgumentException(
                    "argMax: got " + x.shape() + ", axis " + axis + "; expected at least one element along the axis");
        }
        int[] left = new int[x.rank() - 1];
        int outer = 1;
        int inner = 1;
        for (int d = 0; d < x.rank(); d++) {
            if (d != axis) {
                left[d < axis ? d : d - 1] = x.dim(d);
            }
            outer *= d < axis ? x.dim(d) : 1;
            inner *= d > axis ? x.dim(d) : 1;
        }
        Shape shape = Shape.of(left);
        Tensor y = Tensor.of(x.device().allocate(DType.I32, shape.count()), shape);
        y.device().run(new Reduce(Reduce.Code.ARG_MAX, outer, n, inner, 1, x.buffer(), y.buffer()));
        return y;
    }
}
