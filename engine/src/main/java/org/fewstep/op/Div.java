package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x / y, broadcast. */
record Div() implements ElementwiseOp {
    @Override
    public String name() {
        return "div";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.DIV;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 0 ? Ops.div(d, in[1]) : Ops.neg(Ops.div(Ops.mul(d, y), in[1]));
    }

    @Override
    public boolean savesInput(int i) {
        return i == 1;
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
