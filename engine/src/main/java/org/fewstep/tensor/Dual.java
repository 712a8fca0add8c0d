package org.fewstep.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A value and its derivative along the direction of a forward-mode pass.
 *
 * @param tangent of the value's shape; null is an exact zero
 */
public record Dual(Tensor value, @Nullable Tensor tangent) {}
