package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** d gelu'(x) for inputs (d, x): the derivative of {@link Gelu} along d in one pass. */
record GeluAlong() implements ElementwiseOp {
    @Override
    public String name() {
        return "geluAlong";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU_ALONG;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 0
                ? Tensor.apply(this, d, in[1])
                : Ops.mul(d, Ops.mul(in[0], Tensor.apply(new GeluCurvature(), in[1])));
    }
}
