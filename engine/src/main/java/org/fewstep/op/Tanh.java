package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Hyperbolic tangent; the slope is 1 - y^2. */
record Tanh() implements ElementwiseOp {
    @Override
    public String name() {
        return "tanh";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.TANH;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.sub(d, Ops.mul(d, Ops.square(y)));
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
