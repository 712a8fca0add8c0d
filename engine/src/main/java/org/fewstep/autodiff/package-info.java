/**
 * Derivatives of programs made of operations: {@link org.fewstep.autodiff.Grad} in reverse mode and
 * {@link org.fewstep.autodiff.Jvp} in forward mode. They compose: the gradient of a tangent, a tangent of a gradient,
 * gradients of gradients.
 */
@NullMarked
package org.fewstep.autodiff;

import org.jspecify.annotations.NullMarked;
