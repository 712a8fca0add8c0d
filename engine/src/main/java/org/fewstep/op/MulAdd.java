package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x y + z rounded once, for inputs (x, y, z), broadcast. */
record MulAdd() implements ElementwiseOp {
    @Override
    public String name() {
        return "mulAdd";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.FMA;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 2 ? d : Ops.mul(d, in[1 - i]);
    }

    @Override
    public boolean savesInput(int i) {
        return i < 2;
    }
}
