package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** |x|; the slope at 0 is 0. */
record Abs() implements ElementwiseOp {
    @Override
    public String name() {
        return "abs";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.ABS;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Ops.sign(in[0]));
    }
}
