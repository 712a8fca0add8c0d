package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** 1 where x == y, else 0, broadcast; the slope is 0. */
record Equal() implements ElementwiseOp {
    @Override
    public String name() {
        return "equal";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.EQUAL;
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
