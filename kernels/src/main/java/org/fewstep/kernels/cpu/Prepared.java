package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;

/**
 * One workload with everything that can be worked out before it runs. A run allocates nothing where it can; what stands
 * in slots and buffers is read anew each time.
 */
@FunctionalInterface
interface Prepared {
    /** Nothing to do. */
    Prepared NOTHING = () -> {};

    /** Runs to completion, for one caller at a time; the result's bits do not depend on the number of threads. */
    void run();

    /** Parts alone, as {@link Threads#run} takes them. */
    static Prepared of(Threads threads, int parts, long nanos, IntConsumer body) {
        return () -> threads.run(parts, nanos, body);
    }
}
