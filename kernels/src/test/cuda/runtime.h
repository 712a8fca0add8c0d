/*
 * What passes between the simulated driver and a kernel module: simcc makes the module with shim.h, the driver loads it.
 */
#pragma once

#include <cstddef>

/* A thread's stack, with its SimThread near the top; stands at a multiple of its size. */
#define SIM_STACK ((size_t) 256 << 10)

/* Three numbers, as CUDA's uint3. */
struct SimIndex {
    unsigned x, y, z;
};

/* What a kernel may ask of the thread that runs it. */
struct SimThread {
    SimIndex thread, block, block_size, grid_size;
    unsigned number;
    unsigned char *dynamic_shared;
    size_t dynamic_bytes;
    /* Not 0 while it does something atomic. */
    int atomic;
};

/* Where in a kernel file something was called. */
struct SimPlace {
    const char *file;
    int line;
};

/* Device memory: one region, and how many bytes of each 256 of it are allocated. */
#define SIM_GRAIN 256
struct SimMemory {
    unsigned char *start;
    size_t bytes;
    unsigned short *valid;
};

/* How a kernel uses memory. */
enum SimUse { SIM_READ, SIM_WRITE, SIM_ATOMIC };

/* What the driver does for kernels. */
struct SimRuntime {
    SimMemory memory;
    /* Whether races are looked for. */
    bool races;
    /* Waits for all threads of the block; the bits that they gave, added, or-ed and and-ed, are returned in results. */
    void (*barrier)(SimPlace place, int bit, int *results);
    /*
     * Waits for the lanes of the mask, hands mine to each of them and takes theirs: 32 deposits of so many bytes, of which
     * those of absent lanes are NaN. Returns the lanes that took part.
     */
    unsigned (*warp_exchange)(SimPlace place, unsigned mask, const void *mine, size_t bytes, void *all);
    /* PTX's bar.sync and bar.arrive: passes when so many threads came. */
    void (*named_barrier)(SimPlace place, unsigned id, unsigned threads, bool wait);
    /* Lets the other threads run: for loops that wait for what another thread writes. */
    void (*yield)(SimPlace place);
    /* Says that all that was written in the block, or on the device, may be read from now on. */
    void (*fence)(bool device);
    /* Ends the launch with an error of the driver. */
    void (*fault)(int code, const char *message);
    /* A use of device or shared memory, to be compared with those of other threads; site is in the module's code. */
    void (*touch)(const void *address, size_t bytes, SimUse use, const void *site);
    /* A use of what is not known to be memory: faults, unless it is dynamic shared memory. */
    void (*doubt)(const void *address, size_t bytes, SimUse use, const void *site);
};

/* A kernel of a module. */
struct SimKernel {
    const char *name;
    void (*call)(void **arguments);
    int parameters;
    const size_t *sizes;
    int max_threads;
};

/* What a module tells of itself. */
struct SimModule {
    /* A sum over simcc and its headers, which the driver was built beside; it refuses modules of others. */
    unsigned sources;
    /* Whether each use of memory is looked at. */
    bool checked;
    /* 10 major + minor, and whether it runs on that capability alone (sm_90a). */
    int architecture;
    bool specific;
    const SimKernel *kernels;
    int kernel_count;
    /* The shared memory of all its kernels. */
    unsigned char *shared, *shared_end;
    /* Where the module looks for the running thread and for the driver. */
    SimThread **thread;
    SimRuntime *runtime;
};
