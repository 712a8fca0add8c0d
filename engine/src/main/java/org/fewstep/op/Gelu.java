package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x N(x) with N the normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
record Gelu() implements ElementwiseOp {
    @Override
    public String name() {
        return "gelu";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Tensor.apply(new GeluAlong(), d, in[0]);
    }
}
