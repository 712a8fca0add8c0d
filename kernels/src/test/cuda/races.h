/* Uses of memory by several threads with no barrier between, of which one is a write. */
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "runtime.h"

/* The earlier use of the two. */
struct Race {
    uint32_t thread;
    bool other_block;
    SimUse use;
    const void *site;
};

/*
 * Remembers for each four bytes who wrote them last and who read them since. A use happened before another one if a barrier
 * of the block, or a meeting of the warp of both, came between; by what else threads wait for each other is taken for a
 * barrier of all. So what is reported is a race, while some are not seen, those of halves of four bytes among them.
 */
class Races {
  public:
    Races(const SimModule &module, unsigned warps);

    void next_block();
    void synchronise();
    void synchronise_warp(unsigned warp);
    void synchronise_all();

    /* An earlier use that is in no order to this one; null where there is none. */
    const Race *use(const void *address, size_t bytes, SimUse use, uint32_t thread, const void *site);

  private:
    /* 46 bits of time, 4 of bytes, 12 of thread, 2 of use. */
    struct Use {
        uint64_t bits;

        static Use of(uint64_t time, uint32_t bytes, uint32_t thread, SimUse use) {
            return {time << 18 | (uint64_t) bytes << 14 | (uint64_t) thread << 2 | use};
        }
        uint64_t time() const { return bits >> 18; }
        uint32_t bytes() const { return bits >> 14 & 0xf; }
        uint32_t thread() const { return bits >> 2 & 0xfff; }
        SimUse use() const { return (SimUse) (bits & 3); }
    };

    /* The last write and two reads by different threads after it: who writes next disagrees with one of them. */
    struct Record {
        Use uses[3];
        uint32_t sites[3];
    };

    Record &record(uintptr_t grain, bool in_memory);
    bool races(Use earlier, Use mine, bool in_memory) const;

    /* Records of device memory by their place in it, those of shared memory by address. */
    static std::vector<std::unique_ptr<Record[]>> of_memory;
    static std::unordered_map<uintptr_t, std::unique_ptr<Record[]>> of_shared;
    static size_t pages;

    const SimModule &module;
    std::vector<uint64_t> warp_times;
    uint64_t launch_time;
    uint64_t block_time;
    uint64_t barrier_time;
    Race found{};
};
