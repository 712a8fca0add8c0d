package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** 1 / x; the slope is -y^2. */
record Reciprocal() implements ElementwiseOp {
    @Override
    public String name() {
        return "reciprocal";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.RECIPROCAL;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.neg(Ops.mul(d, Ops.square(y)));
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
