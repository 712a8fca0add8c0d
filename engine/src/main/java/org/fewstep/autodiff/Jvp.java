package org.fewstep.autodiff;

import java.util.function.Function;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.ForwardMode;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Forward mode: the value of a function and its derivative along one direction, in one pass.
 *
 * <p>{@link #of} records the tangent, so a gradient flows through value and tangent (LSD, LMD, flow map matching, the
 * continuous-time consistency losses of 2023). {@link #detached} does not (MeanFlow, AYF, sCM): the tangent is a
 * constant and the tape is half as long; gradients through the value are the same bits.
 */
public final class Jvp {
    private Jvp() {}

    /** Value and tangent of {@code f} at {@code primals}, both recorded. A null tangent is zero. */
    public static Dual of(Function<Tensor[], Tensor> f, Tensor[] primals, @Nullable Tensor[] tangents) {
        return run(f, primals, tangents, true);
    }

    /** Value, recorded, and tangent, a constant. */
    public static Dual detached(Function<Tensor[], Tensor> f, Tensor[] primals, @Nullable Tensor[] tangents) {
        return run(f, primals, tangents, false);
    }

    private static Dual run(
            Function<Tensor[], Tensor> f, Tensor[] primals, @Nullable Tensor[] tangents, boolean recorded) {
        if (primals.length != tangents.length) {
            throw new IllegalArgumentException(
                    "jvp: got " + primals.length + " primals and " + tangents.length + " tangents; expected as many");
        }
        try (ForwardMode pass = ForwardMode.open(recorded)) {
            Tensor[] dual = new Tensor[primals.length];
            for (int i = 0; i < dual.length; i++) {
                Tensor dx = tangents[i];
                Tensor x = primals[i];
                if (dx == null) {
                    dual[i] = x;
                } else {
                    dual[i] = x.withTangent(recorded ? dx : dx.stopGradient());
                }
            }
            Tensor y = f.apply(dual);
            return new Dual(y.primal(), y.tangent());
        }
    }

    /** As {@link #of} for a function of one tensor. */
    public static Dual of(Function<Tensor, Tensor> f, Tensor x, Tensor dx) {
        return of(in -> f.apply(in[0]), new Tensor[] {x}, new Tensor[] {dx});
    }

    /** As {@link #detached} for a function of one tensor. */
    public static Dual detached(Function<Tensor, Tensor> f, Tensor x, Tensor dx) {
        return detached(in -> f.apply(in[0]), new Tensor[] {x}, new Tensor[] {dx});
    }

    /** The tangent, or zeros when the function does not depend on the direction. */
    public static Tensor tangentOrZero(Dual dual) {
        Tensor dy = dual.tangent();
        Tensor y = dual.value();
        return dy == null ? Tensor.full(y.device(), y.dtype(), 0, y.shape()) : dy;
    }
}
