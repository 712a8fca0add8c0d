/**
 * GPUs as devices: {@link org.fewstep.kernels.gpu.GpuDevice} is all that they have in common, a driver the rest.
 *
 * <p>A workload becomes kernel calls in its family's class (GpuMatMul and so on); the kernels stand in one file a family
 * beside these classes' resources, written in the words of {@code portable.h} so that one text serves OpenCL and CUDA. Each
 * file's head says what it computes, what each of its versions tries, and the bytes and flops it takes.
 */
@NullMarked
package org.fewstep.kernels.gpu;

import org.jspecify.annotations.NullMarked;
