package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Square root; the slope is 1 / (2 y). */
record Sqrt() implements ElementwiseOp {
    @Override
    public String name() {
        return "sqrt";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SQRT;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.scale(Ops.div(d, y), 0.5);
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
