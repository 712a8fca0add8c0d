/**
 * Workloads of every family with numbers of their own, and what they must give: by them kernels are checked, raced and tuned.
 *
 * <p>A {@link org.fewstep.kernels.trial.Trial} can be made on any device from the same numbers; the
 * {@link org.fewstep.kernels.trial.Oracle} is what the CPU's F64 kernels make of it.
 */
@NullMarked
package org.fewstep.kernels.trial;

import org.jspecify.annotations.NullMarked;
