package org.fewstep.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A differentiable function of tensors: forward, the vector-Jacobian product and the Jacobian-vector product stand
 * together in one record whose fields are the attributes.
 *
 * <p>Only {@link #forward} (and an overridden {@link #forwardWithTangent}) touches buffers. The rules take and return
 * tensors, so they are differentiable again, to any order.
 */
public interface Op {
    /** Name in messages, as users write it. */
    String name();

    /**
     * Computes the value. The inputs carry no tangent and are live on one device; a shape error throws
     * {@link IllegalArgumentException}.
     */
    Tensor forward(Tensor... in);

    /**
     * The cotangent of input {@code i}.
     *
     * @param i input asked for
     * @param g cotangent of the value, of its shape
     * @param y the value; its content may be read only if {@link #savesOutput}
     * @param in the inputs; the content of input k may be read only if {@link #savesInput}
     * @return a tensor of input i's shape, or null for an exact zero
     */
    @Nullable
    Tensor vjp(int i, Tensor g, Tensor y, Tensor... in);

    /**
     * The tangent of the value.
     *
     * @param dx tangents of the inputs, null where zero; at least one is not null
     * @return a tensor of y's shape, or null for an exact zero
     */
    @Nullable
    Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in);

    /** True when {@link #vjp} reads the content of input {@code i}. */
    default boolean savesInput(int i) {
        return true;
    }

    /** True when {@link #vjp} reads the content of the value. */
    default boolean savesOutput() {
        return false;
    }

    /** Value and tangent in one pass, neither recorded; a fused kernel overrides this. */
    default Dual forwardWithTangent(Tensor[] in, @Nullable Tensor[] dx) {
        Tensor y = forward(in);
        return new Dual(y, jvp(dx, y, in));
    }
}
