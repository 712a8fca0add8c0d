package org.fewstep.kernels;

/** A device's prepared form of the workloads of a {@link Plan}. */
@FunctionalInterface
public interface Replay {
    /** Submits all workloads in order. */
    void run();

    /** Gives back what it took for itself; nothing runs any more. */
    default void close() {}
}
