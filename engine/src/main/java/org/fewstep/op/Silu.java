package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x sigmoid(x). */
record Silu() implements ElementwiseOp {
    @Override
    public String name() {
        return "silu";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SILU;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Tensor.apply(new SiluAlong(), d, in[0]);
    }
}
