package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** x where condition is not 0, else y, for inputs (condition, x, y), broadcast. */
record Where() implements ElementwiseOp {
    @Override
    public String name() {
        return "where";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.WHERE;
    }

    @Override
    public @Nullable Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        if (i == 0) {
            return null;
        }
        Tensor zero = Tensor.full(d.device(), d.dtype(), 0, Shape.of());
        return i == 1 ? Ops.where(in[0], d, zero) : Ops.where(in[0], zero, d);
    }

    @Override
    public boolean savesInput(int i) {
        return i == 0;
    }
}
