/**
 * The CPU device: pooled Java arrays, a fixed set of threads, and one kernel a family and dtype.
 *
 * <p>Start at {@link org.fewstep.kernels.cpu.CpuDevice}. Each family's reference is one {@code ...F64} file of plain
 * loops; the build writes its F32 twin from it. The {@code Loops...} files replace twins where a measurement pays, the
 * {@code Ejml...} files hand matrix products to EJML. {@code KernelTable} says which kernels a provider uses.
 */
@NullMarked
package org.fewstep.kernels.cpu;

import org.jspecify.annotations.NullMarked;
