package org.fewstep.kernels.gpu;

/**
 * What one thread or group of a kernel takes of a device; -1 where nobody says.
 *
 * @param registers of a thread
 * @param spilled bytes of memory of its own that a thread takes: registers go there that are too many
 * @param shared bytes of a group's shared memory
 * @param threads most threads of a group
 * @param multiple what a group's number of threads should be a multiple of
 */
public record KernelResources(int registers, long spilled, long shared, long threads, long multiple) {
    /** Where nothing is said. */
    static final KernelResources UNKNOWN = new KernelResources(-1, -1, -1, -1, -1);
}
