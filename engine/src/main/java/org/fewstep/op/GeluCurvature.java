package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Second derivative of {@link Gelu}: n(x) (2 - x^2) with n the normal density. */
record GeluCurvature() implements ElementwiseOp {
    @Override
    public String name() {
        return "geluCurvature";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU_CURVATURE;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        // (n (2 - x^2))' = n (x^3 - 4 x).
        Tensor square = Ops.square(in[0]);
        Tensor density = Ops.scale(Ops.exp(Ops.scale(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return Ops.mul(d, Ops.mul(density, Ops.mul(in[0], Ops.scaleShift(square, 1, -4))));
    }
}
