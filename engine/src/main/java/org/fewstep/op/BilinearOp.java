package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A map that is linear in each of its first two inputs. It states the two transposes; the derivative is the map itself. */
interface BilinearOp extends Op {
    /** The value's terms from tangents of the first two inputs, null where both are zero. */
    default @Nullable Tensor along(@Nullable Tensor[] dx, Tensor... in) {
        Tensor first = dx[0];
        Tensor second = dx[1];
        Tensor left = first == null ? null : Tensor.apply(this, first, in[1]);
        Tensor right = second == null ? null : Tensor.apply(this, in[0], second);
        return left == null ? right : right == null ? left : Ops.add(left, right);
    }

    @Override
    default @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        return along(dx, in);
    }
}
