package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x^2. */
record Square() implements ElementwiseOp {
    @Override
    public String name() {
        return "square";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SQUARE;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.scale(Ops.mul(d, in[0]), 2);
    }
}
