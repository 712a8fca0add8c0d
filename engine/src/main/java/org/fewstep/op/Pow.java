package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** x^exponent with a constant exponent. */
record Pow(double exponent) implements ElementwiseOp {
    @Override
    public String name() {
        return "pow";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.POW;
    }

    @Override
    public double a() {
        return exponent;
    }

    @Override
    public @Nullable Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        if (exponent == 0) {
            return null;
        }
        return Ops.scale(Ops.mul(d, Ops.pow(in[0], exponent - 1)), exponent);
    }
}
