package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x sigmoid(w), w = 2 sqrt(2 / pi) (x + 0.044715 x^3): the tanh form of {@link Gelu}. */
record GeluTanh() implements ElementwiseOp {
    @Override
    public String name() {
        return "geluTanh";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU_TANH;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Tensor.apply(new GeluTanhAlong(), d, in[0]);
    }
}
