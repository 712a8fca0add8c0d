package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Workload;

/** Computes the workloads of one family and dtype. */
@FunctionalInterface
interface Kernel<W extends Workload> {
    /** What runs one workload, once or again and again. */
    Prepared prepare(W work, Threads threads);
}
