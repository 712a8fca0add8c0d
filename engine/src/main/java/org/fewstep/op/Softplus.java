package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** ln(1 + e^x); the slope is sigmoid(x). */
record Softplus() implements ElementwiseOp {
    @Override
    public String name() {
        return "softplus";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SOFTPLUS;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Ops.sigmoid(in[0]));
    }
}
