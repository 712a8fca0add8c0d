/**
 * The operations, one record a file with its forward rule, vjp and jvp together; {@link org.fewstep.op.Ops} is the
 * facade that formulas import.
 *
 * <p>Most are one of two kinds whose derivatives follow from a single statement: {@link org.fewstep.op.ElementwiseOp}
 * states a slope, {@link org.fewstep.op.LinearOp} its transpose.
 */
@NullMarked
package org.fewstep.op;

import org.jspecify.annotations.NullMarked;
