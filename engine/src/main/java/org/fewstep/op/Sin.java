package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Sine, x in radians. */
record Sin() implements ElementwiseOp {
    @Override
    public String name() {
        return "sin";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SIN;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Ops.cos(in[0]));
    }
}
