package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** e^x. */
record Exp() implements ElementwiseOp {
    @Override
    public String name() {
        return "exp";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.EXP;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, y);
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
