package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Workload;

/** Computes the workloads of one family and dtype. */
@FunctionalInterface
interface Kernel<W extends Workload> {
    /** Runs to completion; the result's bits do not depend on the number of threads. */
    void run(W work, Threads threads);

    /**
     * What runs one workload again and again. It may keep arrays and bodies, so that a run allocates nothing; what stands
     * in slots and buffers it reads anew each time.
     */
    default Prepared prepare(W work) {
        return threads -> run(work, threads);
    }
}
