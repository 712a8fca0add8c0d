#include "races.h"

namespace {

constexpr unsigned WARP = 32;

/* Bytes for which one record stands: bfloat16 is the smallest number of the engine. */
constexpr uintptr_t GRAIN = 2;
constexpr uintptr_t TOGETHER = 2048;

/* Counts barriers of all launches, so that records of earlier launches are known to be old. */
uint64_t now = 0;

}  // namespace

Races::Races(const SimModule &module, unsigned warps)
    : module(module), warp_times(warps, 0), launch_time(++now), block_time(now), barrier_time(now) {}

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

Races::Record &Races::record(uintptr_t grain) {
    static std::unordered_map<uintptr_t, std::unique_ptr<Record[]>> pages;
    static uintptr_t last_number = 0;
    static Record *last = nullptr;
    uintptr_t number = grain / TOGETHER;
    if (last == nullptr || number != last_number) {
        std::unique_ptr<Record[]> &page = pages[number];
        if (page == nullptr) {
            page = std::make_unique<Record[]>(TOGETHER);
        }
        last_number = number;
        last = page.get();
    }
    return last[grain % TOGETHER];
}

bool Races::races(Use earlier, SimUse use, uint32_t thread, bool in_memory) const {
    if (earlier.time() < launch_time || (earlier.use() == SIM_READ && use == SIM_READ)
        || (earlier.use() == SIM_ATOMIC && use == SIM_ATOMIC)) {
        return false;
    }
    if (earlier.time() < block_time) {
        return in_memory;
    }
    if (earlier.time() < barrier_time || earlier.thread() == thread) {
        return false;
    }
    return earlier.thread() / WARP != thread / WARP || earlier.time() >= warp_times[thread / WARP];
}

const Race *Races::use(const void *address, size_t bytes, SimUse use, uint32_t thread, const void *site) {
    uintptr_t at = (uintptr_t) address;
    uintptr_t in_region = at - (uintptr_t) module.runtime->memory.start;
    bool in_memory = in_region < module.runtime->memory.bytes;
    const unsigned char *code = (const unsigned char *) module.kernels;
    for (uintptr_t grain = at / GRAIN; grain <= (at + bytes - 1) / GRAIN; grain++) {
        Record &known = record(grain);
        for (int i = 0; i < 3; i++) {
            Use earlier = known.uses[i];
            if (races(earlier, use, thread, in_memory)) {
                found = {earlier.thread(), earlier.time() < block_time, earlier.use(),
                         code + (int32_t) known.sites[i]};
                return &found;
            }
        }
        int place = 0;
        if (use == SIM_READ) {
            bool again = known.uses[1].thread() == thread || known.uses[1].time() < barrier_time;
            place = again ? 1 : 2;
        }
        known.uses[place] = Use::of(now, thread, use);
        known.sites[place] = (uint32_t) ((const unsigned char *) site - code);
    }
    return nullptr;
}
