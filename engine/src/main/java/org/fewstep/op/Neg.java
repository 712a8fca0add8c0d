package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** -x. */
record Neg() implements ElementwiseOp {
    @Override
    public String name() {
        return "neg";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.NEG;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.neg(d);
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
