package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A linear map of one input. It states its transpose; the derivative is the map itself. */
public interface LinearOp extends Op {
    /** The transposed map, from the value's space to the input's. */
    Tensor transpose(Tensor g, Tensor x);

    @Override
    default Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return transpose(g, in[0]);
    }

    @Override
    default @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Tensor.apply(this, d);
    }

    @Override
    default boolean savesInput(int i) {
        return false;
    }
}
