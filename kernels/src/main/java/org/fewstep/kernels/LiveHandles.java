package org.fewstep.kernels;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counters of what is alive on a device; tests compare them before and after, so that a leak is a failure.
 *
 * @param buffers live buffer handles
 * @param bytes bytes behind live handles and of plans, rounded up to their size classes
 * @param pooledBytes bytes that the pool keeps for reuse
 * @param scopes open scopes
 * @param plans open plans
 * @param blocks blocks of device memory that a GPU's driver gave, in use or in the pool; 0 on the CPU
 * @param programs kernel files compiled for a GPU; CUDA calls them modules
 * @param functions kernels of those that were called
 * @param matMulFlops floating-point operations of all matrix products run so far
 * @param ejmlFlops the part of {@code matMulFlops} that EJML computed
 */
public record LiveHandles(
        AtomicLong buffers,
        AtomicLong bytes,
        AtomicLong pooledBytes,
        AtomicLong scopes,
        AtomicLong plans,
        AtomicLong blocks,
        AtomicLong programs,
        AtomicLong functions,
        AtomicLong matMulFlops,
        AtomicLong ejmlFlops) {
    public LiveHandles() {
        this(
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong(),
                new AtomicLong());
    }

    @Override
    public String toString() {
        return "buffers " + buffers + ", bytes " + bytes + ", pooled bytes " + pooledBytes + ", scopes " + scopes
                + ", plans " + plans;
    }
}
