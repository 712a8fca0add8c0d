package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Error function: 2 / sqrt(pi) times the integral of e^(-s^2) from 0 to x. */
record Erf() implements ElementwiseOp {
    @Override
    public String name() {
        return "erf";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.ERF;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        Tensor slope = Ops.scale(Ops.exp(Ops.neg(Ops.square(in[0]))), 2 / Math.sqrt(Math.PI));
        return Ops.mul(d, slope);
    }
}
