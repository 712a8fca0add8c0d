/**
 * Arithmetic on buffers, on every device; knows no tensor.
 *
 * <p>A {@link org.fewstep.kernels.Device} allocates {@link org.fewstep.kernels.Buffer}s inside a
 * {@link org.fewstep.kernels.Scope} and runs {@link org.fewstep.kernels.Workload}s. Each kernel family is one final
 * class that checks sizes, describes the work and states the bytes and flops it moves.
 */
@NullMarked
package org.fewstep.kernels;

import org.jspecify.annotations.NullMarked;
