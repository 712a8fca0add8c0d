package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** 1 where low &lt;= x &lt;= high, else 0. */
record Inside(double low, double high) implements ElementwiseOp {
    @Override
    public String name() {
        return "inside";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.INSIDE;
    }

    @Override
    public double a() {
        return low;
    }

    @Override
    public double b() {
        return high;
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
