package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** d silu'(x) for inputs (d, x): the derivative of {@link Silu} along d in one pass. */
record SiluAlong() implements ElementwiseOp {
    @Override
    public String name() {
        return "siluAlong";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SILU_ALONG;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return i == 0
                ? Tensor.apply(new SiluAlong(), d, in[1])
                : Ops.mul(d, Ops.mul(in[0], Tensor.apply(new SiluCurvature(), in[1])));
    }
}
