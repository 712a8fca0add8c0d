package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x y, broadcast. */
record Mul() implements ElementwiseOp {
    @Override
    public String name() {
        return "mul";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.MUL;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, in[1 - i]);
    }
}
