package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** 1 where x &gt;= y, else 0, broadcast; the slope is 0. */
record GreaterEqual() implements ElementwiseOp {
    @Override
    public String name() {
        return "greaterEqual";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GREATER_EQUAL;
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
