/**
 * Values: {@link org.fewstep.tensor.Tensor}, {@link org.fewstep.tensor.Shape}, and the contract of an operation
 * ({@link org.fewstep.tensor.Op}).
 *
 * <p>{@link org.fewstep.tensor.Tensor#apply} is the only place where an operation is executed, noted for reverse mode
 * and carried along for forward mode. Formulas use the static facade {@code org.fewstep.op.Ops}.
 */
@NullMarked
package org.fewstep.tensor;

import org.jspecify.annotations.NullMarked;
