package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Sign of x: -1, 0 or 1; the slope is 0. */
record Sign() implements ElementwiseOp {
    @Override
    public String name() {
        return "sign";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SIGN;
    }

    @Override
    public @Nullable Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return null;
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
