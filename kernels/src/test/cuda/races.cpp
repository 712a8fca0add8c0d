#include "races.h"

#include <algorithm>

namespace {

constexpr unsigned WARP = 32;

/* Bytes for which one record stands, and records that are made together. */
constexpr uintptr_t GRAIN = 4;
constexpr uintptr_t TOGETHER = 1024;

/* Records of earlier launches are of no use; so many are kept for the next one. */
constexpr size_t KEPT = 4096;

/* Counts barriers of all launches, so that records of earlier launches are known to be old. */
uint64_t now = 0;

}  // namespace

std::vector<std::unique_ptr<Races::Record[]>> Races::of_memory;
std::unordered_map<uintptr_t, std::unique_ptr<Races::Record[]>> Races::of_shared;
size_t Races::pages = 0;

Races::Races(const SimModule &module, unsigned warps)
    : module(module), warp_times(warps, 0), launch_time(++now), block_time(now), barrier_time(now) {
    if (pages > KEPT) {
        of_memory.clear();
        of_shared.clear();
        pages = 0;
    }
    of_memory.resize(module.runtime->memory.bytes / GRAIN / TOGETHER + 1);
}

void Races::next_block() {
    block_time = barrier_time = ++now;
}

void Races::synchronise() {
    barrier_time = ++now;
}

void Races::synchronise_warp(unsigned warp) {
    warp_times[warp] = ++now;
}

void Races::synchronise_all() {
    launch_time = block_time = barrier_time = ++now;
}

Races::Record &Races::record(uintptr_t grain, bool in_memory) {
    std::unique_ptr<Record[]> &page = in_memory ? of_memory[grain / TOGETHER] : of_shared[grain / TOGETHER];
    if (page == nullptr) {
        page = std::make_unique<Record[]>(TOGETHER);
        pages++;
    }
    return page[grain % TOGETHER];
}

bool Races::races(Use earlier, Use mine, bool in_memory) const {
    if (earlier.time() < launch_time || (earlier.bytes() & mine.bytes()) == 0
        || (earlier.use() == mine.use() && mine.use() != SIM_WRITE)) {
        return false;
    }
    if (earlier.time() < block_time) {
        return in_memory;
    }
    if (earlier.time() < barrier_time || earlier.thread() == mine.thread()) {
        return false;
    }
    uint32_t warp = mine.thread() / WARP;
    return earlier.thread() / WARP != warp || earlier.time() >= warp_times[warp];
}

const Race *Races::use(const void *address, size_t bytes, SimUse use, uint32_t thread, const void *site) {
    uintptr_t first = (uintptr_t) address - (uintptr_t) module.runtime->memory.start;
    bool in_memory = first < module.runtime->memory.bytes;
    if (!in_memory) {
        first = (uintptr_t) address;
    }
    const unsigned char *code = (const unsigned char *) module.kernels;
    for (uintptr_t grain = first / GRAIN; grain <= (first + bytes - 1) / GRAIN; grain++) {
        uintptr_t from = std::max(first, grain * GRAIN) % GRAIN;
        uintptr_t to = std::min(first + bytes - grain * GRAIN, GRAIN);
        Use mine = Use::of(now, (1u << to) - (1u << from), thread, use);
        Record &known = record(grain, in_memory);
        for (int i = 0; i < 3; i++) {
            Use earlier = known.uses[i];
            if (races(earlier, mine, in_memory)) {
                found = {earlier.thread(), earlier.time() < block_time, earlier.use(), code + (int32_t) known.sites[i]};
                return &found;
            }
        }
        int place = 0;
        if (use == SIM_READ) {
            bool again = known.uses[1].thread() == thread || known.uses[1].time() < barrier_time;
            place = again ? 1 : 2;
        }
        known.uses[place] = mine;
        known.sites[place] = (uint32_t) ((const unsigned char *) site - code);
    }
    return nullptr;
}
