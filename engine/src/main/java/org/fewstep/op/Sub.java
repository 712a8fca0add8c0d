package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x - y, broadcast. */
record Sub() implements ElementwiseOp {
    @Override
    public String name() {
        return "sub";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SUB;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 0 ? d : Ops.neg(d);
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
