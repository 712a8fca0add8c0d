package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** d geluTanh'(x) for inputs (d, x): the derivative of {@link GeluTanh} along d in one pass. */
record GeluTanhAlong() implements ElementwiseOp {
    @Override
    public String name() {
        return "geluTanhAlong";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU_TANH_ALONG;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 0
                ? Tensor.apply(this, d, in[1])
                : Ops.mul(d, Ops.mul(in[0], Tensor.apply(new GeluTanhCurvature(), in[1])));
    }
}
