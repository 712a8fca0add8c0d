/* A block of threads: runs them as fibers, in an order that can be chosen, and keeps their barriers. */
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "fibers.h"
#include "runtime.h"

/* An error of a launch, as the driver's code. */
struct Fault {
    int code;
    std::string message;
};

/* The order in which threads and blocks run: FEWSTEP_SIM_ORDER. */
class Order {
  public:
    static Order of_environment();

    /* A permutation of 0 .. n - 1, another one at each call where it is shuffled. */
    void next(std::vector<uint32_t> &numbers, uint32_t n);

    uint64_t block(uint64_t number, uint64_t blocks) const;

  private:
    enum { FORWARD, REVERSE, SHUFFLED } kind = FORWARD;
    uint64_t seed = 0;
    std::mt19937_64 random;
};

/* One launch of a kernel. */
struct Grid {
    const SimModule *module;
    const SimKernel *kernel;
    SimIndex blocks, threads;
    size_t dynamic_bytes;
};

/* Runs all blocks, one after the other; throws Fault. */
void run_grid(const Grid &grid, void **arguments);

/* What kernels call, with this device memory. */
SimRuntime runtime(SimMemory memory, bool races);

/* What device memory is near an address, for a message. */
std::string memory_near(const void *address);

/* Where in its source a module's code stands: file and line, or the address where they are not known. */
std::string source_place(const void *site);

/* 16 bits that are a NaN wherever they are repeated: as half, bfloat16, float and double. */
constexpr uint16_t UNINITIALISED = 0x7ff4;

/* Fills memory with a pattern. */
void fill(void *from, size_t bytes, uint16_t pattern);

/* The offset of the first byte that differs from the pattern, or bytes. */
size_t differs(const void *from, size_t bytes, uint16_t pattern);
