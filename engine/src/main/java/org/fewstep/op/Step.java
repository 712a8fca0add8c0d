package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** 1 where x &gt; 0, else low; its derivative is zero. */
record Step(double low) implements ElementwiseOp {
    @Override
    public String name() {
        return "step";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.STEP;
    }

    @Override
    public double a() {
        return low;
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
