package org.fewstep.kernels.cpu;

/** One workload with everything that can be worked out before it runs. */
@FunctionalInterface
interface Prepared {
    /** Runs to completion; by one thread at a time. */
    void run(Threads threads);
}
