package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** 1 / sqrt(x); the slope is -y^3 / 2. */
record Rsqrt() implements ElementwiseOp {
    @Override
    public String name() {
        return "rsqrt";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.RSQRT;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.scale(Ops.mul(d, Ops.mul(y, Ops.square(y))), -0.5);
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
