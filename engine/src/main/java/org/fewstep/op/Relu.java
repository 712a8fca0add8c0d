package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** max(x, 0); the slope at 0 is 0. */
record Relu() implements ElementwiseOp {
    @Override
    public String name() {
        return "relu";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.RELU;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Tensor.apply(new Step(0), in[0]));
    }
}
