package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** 1 / (1 + e^-x); the slope is y (1 - y). */
record Sigmoid() implements ElementwiseOp {
    @Override
    public String name() {
        return "sigmoid";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SIGMOID;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Ops.sub(y, Ops.square(y)));
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
