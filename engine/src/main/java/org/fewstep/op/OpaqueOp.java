package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** An operation that has a value and no derivative, and says so when asked for one. */
public interface OpaqueOp extends Op {
    @Override
    default Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        throw noDerivative();
    }

    @Override
    default Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        throw noDerivative();
    }

    private IllegalStateException noDerivative() {
        return new IllegalStateException(name() + ": got a question for its derivative; expected none, since it has a"
                + " value only; use stopGradient on its input");
    }

    @Override
    default boolean savesInput(int i) {
        return false;
    }
}
