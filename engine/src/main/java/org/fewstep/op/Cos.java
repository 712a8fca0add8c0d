package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Cosine, x in radians. */
record Cos() implements ElementwiseOp {
    @Override
    public String name() {
        return "cos";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.COS;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.neg(Ops.mul(d, Ops.sin(in[0])));
    }
}
