/* Device memory between guards, host memory, copies. */
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "driver.h"

namespace {

constexpr size_t GUARD = 1024;
constexpr uint16_t GUARDED = 0x7ff5;
constexpr uint16_t FREED = 0x7ff6;

/* Larger copies from pageable memory are done at once, as the driver's own staging memory has an end. */
constexpr size_t LARGEST_STAGED = 1 << 20;

/* Freed blocks are kept for a while, to see whether somebody still writes there. */
constexpr size_t QUARANTINE = 64 << 20;

struct Allocation {
    Context *context;
    unsigned char *start;
    size_t bytes;
    uint64_t number;

    /* With its guards, in whole grains. */
    unsigned char *outer_start() const { return start - GUARD; }
    size_t outer_bytes() const { return GUARD + (bytes + SIM_GRAIN - 1) / SIM_GRAIN * SIM_GRAIN + GUARD; }
    std::string name() const {
        return "allocation " + std::to_string(number) + " of " + std::to_string(bytes) + " bytes";
    }
};

/*
 * The device's memory: a region of its own, so that a wild index meets other device memory or nothing rather than the
 * process that hosts the simulator. Larger than what a program may use, for guards and for what was freed lately.
 */
class Region {
  public:
    Region() {
        bytes = 2 * properties().memory + 4 * QUARANTINE;
        start = (unsigned char *) reserve(bytes);
        valid = (unsigned short *) reserve(bytes / SIM_GRAIN * sizeof(unsigned short));
        gaps[start] = bytes;
    }

    /* First fit; null where no gap is large enough. */
    unsigned char *take(size_t wanted) {
        for (auto gap = gaps.begin(); gap != gaps.end(); ++gap) {
            if (gap->second >= wanted) {
                unsigned char *taken = gap->first;
                size_t left = gap->second - wanted;
                gaps.erase(gap);
                if (left > 0) {
                    gaps[taken + wanted] = left;
                }
                return taken;
            }
        }
        return nullptr;
    }

    void give_back(unsigned char *from, size_t size) {
        auto gap = gaps.emplace(from, size).first;
        auto next = std::next(gap);
        if (next != gaps.end() && gap->first + gap->second == next->first) {
            gap->second += next->second;
            gaps.erase(next);
        }
        if (gap != gaps.begin() && std::prev(gap)->first + std::prev(gap)->second == gap->first) {
            std::prev(gap)->second += gap->second;
            gaps.erase(gap);
        }
    }

    /* Says which bytes kernels may use. */
    void mark(const Allocation &one, bool usable) {
        size_t first = (size_t) (one.start - start) / SIM_GRAIN;
        for (size_t at = 0; at < one.bytes; at += SIM_GRAIN) {
            valid[first + at / SIM_GRAIN] =
                    (unsigned short) (usable ? std::min<size_t>(SIM_GRAIN, one.bytes - at) : 0);
        }
    }

    unsigned char *start;
    size_t bytes;
    unsigned short *valid;

  private:
    static void *reserve(size_t size) {
        void *got = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (got == MAP_FAILED) {
            throw std::bad_alloc();
        }
        return got;
    }

    std::map<unsigned char *, size_t> gaps;
};

Region &region() {
    static Region one;
    return one;
}

struct HostBlock {
    size_t bytes;
    bool owned;
    unsigned flags;
};

std::map<uintptr_t, Allocation> allocations;
std::deque<Allocation> freed;
size_t freed_bytes = 0;
size_t used = 0;
uint64_t allocation_count = 0;
std::map<uintptr_t, HostBlock> host_blocks;

/* The allocation that holds the address, or null. */
const Allocation *allocation_of(uintptr_t address) {
    auto after = allocations.upper_bound(address);
    if (after == allocations.begin()) {
        return nullptr;
    }
    const Allocation &before = std::prev(after)->second;
    return address < (uintptr_t) before.start + std::max<size_t>(before.bytes, 1) ? &before : nullptr;
}

bool is_device(uintptr_t address) {
    return allocation_of(address) != nullptr;
}

/* The bytes at a device address, all of one allocation. */
unsigned char *device(Context &context, CUdeviceptr address, size_t bytes) {
    const Allocation *found = allocation_of(address);
    if (found == nullptr || found->context != &context || address - (uintptr_t) found->start + bytes > found->bytes) {
        refuse(CUDA_ERROR_INVALID_VALUE, "a copy or fill of " + std::to_string(bytes) + " bytes outside device memory");
    }
    return (unsigned char *) address;
}

/* The same when the work is done: what was memory at submission may have been freed. */
unsigned char *still_device(Context &context, unsigned char *address, size_t bytes) {
    try {
        return device(context, (CUdeviceptr) address, bytes);
    } catch (CUresult) {
        throw Fault{CUDA_ERROR_ILLEGAL_ADDRESS, "work on device memory that was freed before it was done"};
    }
}

bool is_pinned(const void *host, size_t bytes) {
    auto after = host_blocks.upper_bound((uintptr_t) host);
    if (after == host_blocks.begin()) {
        return false;
    }
    auto block = std::prev(after);
    return (uintptr_t) host + bytes <= block->first + block->second.bytes;
}

bool is_capturing(Context &context, CUstream stream) {
    return stream_of(context, stream)->capture != nullptr;
}

void check_guards(const Allocation &one, const std::string &after) {
    size_t before = differs(one.outer_start(), GUARD, GUARDED);
    size_t behind = differs(one.start + one.bytes, GUARD, GUARDED);
    if (before < GUARD) {
        throw Fault{CUDA_ERROR_ILLEGAL_ADDRESS,
                    after + " wrote " + std::to_string(GUARD - before) + " bytes before " + one.name()};
    }
    if (behind < GUARD) {
        throw Fault{CUDA_ERROR_ILLEGAL_ADDRESS,
                    after + " wrote at byte " + std::to_string(one.bytes + behind) + " of " + one.name()};
    }
}

void release_oldest() {
    Allocation oldest = freed.front();
    freed.pop_front();
    freed_bytes -= oldest.bytes;
    if (oldest.context->alive && differs(oldest.start, oldest.bytes, FREED) < oldest.bytes
        && oldest.context->pending == CUDA_SUCCESS) {
        tell("somebody wrote to " + oldest.name() + " after it was freed");
        oldest.context->pending = CUDA_ERROR_ILLEGAL_ADDRESS;
    }
    region().give_back(oldest.outer_start(), oldest.outer_bytes());
}

void quarantine(const Allocation &one) {
    region().mark(one, false);
    fill(one.start, one.bytes, FREED);
    freed.push_back(one);
    freed_bytes += one.bytes;
    while (freed_bytes > QUARANTINE) {
        release_oldest();
    }
}

CUdeviceptr allocate(Context &context, size_t bytes) {
    require(bytes > 0);
    if (bytes > properties().memory - used) {
        refuse(CUDA_ERROR_OUT_OF_MEMORY, "no room for " + std::to_string(bytes) + " bytes beside " + std::to_string(used));
    }
    Allocation one{&context, nullptr, bytes, ++allocation_count};
    unsigned char *room = region().take(one.outer_bytes());
    while (room == nullptr && !freed.empty()) {
        release_oldest();
        room = region().take(one.outer_bytes());
    }
    require(room != nullptr, CUDA_ERROR_OUT_OF_MEMORY);
    one.start = room + GUARD;
    fill(one.outer_start(), GUARD, GUARDED);
    fill(one.start, bytes, UNINITIALISED);
    fill(one.start + bytes, GUARD, GUARDED);
    region().mark(one, true);
    allocations[(uintptr_t) one.start] = one;
    used += bytes;
    return (CUdeviceptr) one.start;
}

Allocation forget(Context &context, CUdeviceptr address) {
    auto found = allocations.find(address);
    require(found != allocations.end() && found->second.context == &context);
    Allocation one = found->second;
    allocations.erase(found);
    used -= one.bytes;
    return one;
}

/* Copies in the default stream, which the call waits for. */
void wait_for(Context &context, const std::shared_ptr<Operation> &operation) {
    complete(operation);
    check_memory(context, "");
    reveal(context);
}

std::shared_ptr<Operation> to_device(Context &context, CUstream stream, CUdeviceptr to, const void *from, size_t bytes) {
    unsigned char *place = device(context, to, bytes);
    Context *where = &context;
    if (is_pinned(from, bytes) || is_capturing(context, stream)) {
        return submit(context, stream, [=] { memcpy(still_device(*where, place, bytes), from, bytes); });
    }
    /* The driver takes pageable memory at once; the caller may change it afterwards. */
    auto staged = std::make_shared<std::vector<unsigned char>>((const unsigned char *) from,
                                                               (const unsigned char *) from + bytes);
    auto copy = submit(context, stream, [=] { memcpy(still_device(*where, place, bytes), staged->data(), bytes); });
    if (bytes > LARGEST_STAGED) {
        complete(copy);
    }
    return copy;
}

std::shared_ptr<Operation> to_host(Context &context, CUstream stream, void *to, CUdeviceptr from, size_t bytes) {
    unsigned char *place = device(context, from, bytes);
    Context *where = &context;
    return submit(context, stream, [=] { memcpy(to, still_device(*where, place, bytes), bytes); });
}

std::shared_ptr<Operation> inside(Context &context, CUstream stream, CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    unsigned char *target = device(context, to, bytes);
    unsigned char *source = device(context, from, bytes);
    Context *where = &context;
    return submit(context, stream, [=] {
        memmove(still_device(*where, target, bytes), still_device(*where, source, bytes), bytes);
    });
}

template <class T>
std::shared_ptr<Operation> set(Context &context, CUstream stream, CUdeviceptr to, T value, size_t count) {
    require(to % sizeof(T) == 0);
    unsigned char *place = device(context, to, count * sizeof(T));
    Context *where = &context;
    return submit(context, stream, [=] {
        T *target = (T *) still_device(*where, place, count * sizeof(T));
        std::fill(target, target + count, value);
    });
}

/* A call that waits for its work, and that may not stand in a capture. */
template <class F>
CUresult at_once(size_t bytes, F work) {
    return in_context([&](Context &context) {
        if (bytes > 0) {
            forbid_in_capture();
            wait_for(context, work(context));
        }
    });
}

template <class F>
CUresult later(size_t bytes, F work) {
    return in_context([&](Context &context) {
        if (bytes > 0) {
            work(context);
        }
    });
}

}  // namespace

std::string memory_near(const void *address) {
    const unsigned char *at = (const unsigned char *) address;
    if ((size_t) (at - region().start) >= region().bytes) {
        return "";
    }
    auto after = allocations.upper_bound((uintptr_t) at);
    if (after != allocations.end() && after->second.start - at <= (ptrdiff_t) GUARD) {
        return ", " + std::to_string(after->second.start - at) + " before " + after->second.name();
    }
    if (after == allocations.begin()) {
        return "";
    }
    const Allocation &before = std::prev(after)->second;
    return ", at byte " + std::to_string(at - before.start) + " of " + before.name();
}

SimMemory device_memory() {
    return {region().start, region().bytes, region().valid};
}

void check_memory(Context &context, const std::string &after) {
    if (context.pending != CUDA_SUCCESS || context.unchecked.empty()) {
        return;
    }
    std::string who = after;
    if (who.empty()) {
        who = "one of the kernels";
        for (const std::string &name : context.unchecked) {
            who += " " + name;
        }
    }
    context.unchecked.clear();
    try {
        for (const auto &[address, one] : allocations) {
            if (one.context == &context) {
                check_guards(one, who);
            }
        }
    } catch (const Fault &fault) {
        tell(fault.message);
        context.pending = (CUresult) fault.code;
    }
}

void check_arguments(Context &context, const SimKernel &kernel, void **arguments) {
    for (int i = 0; i < kernel.parameters; i++) {
        uintptr_t address;
        if (kernel.sizes[i] != sizeof(address)) {
            continue;
        }
        memcpy(&address, arguments[i], sizeof(address));
        const Allocation *one = allocation_of(address);
        if (one != nullptr && one->context == &context) {
            check_guards(*one, std::string("kernel ") + kernel.name);
        }
    }
    if (std::find(context.unchecked.begin(), context.unchecked.end(), kernel.name) == context.unchecked.end()) {
        context.unchecked.push_back(kernel.name);
    }
}

void free_memory(Context &context) {
    for (auto it = allocations.begin(); it != allocations.end();) {
        if (it->second.context != &context) {
            ++it;
            continue;
        }
        used -= it->second.bytes;
        region().mark(it->second, false);
        region().give_back(it->second.outer_start(), it->second.outer_bytes());
        it = allocations.erase(it);
    }
}

/* Device memory. */

CUDA_API cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    return in_context([&](Context &context) {
        require(address != nullptr);
        forbid_in_capture();
        *address = allocate(context, bytes);
    });
}

CUDA_API cuMemFree_v2(CUdeviceptr address) {
    return in_context([&](Context &context) {
        if (address == 0) {
            return;
        }
        forbid_in_capture();
        finish_all(context);
        quarantine(forget(context, address));
    });
}

CUDA_API cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream stream) {
    return in_context([&](Context &context) {
        require(address != nullptr);
        require(!is_capturing(context, stream), CUDA_ERROR_NOT_SUPPORTED);
        *address = allocate(context, bytes);
    });
}

CUDA_API cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
    return in_context([&](Context &context) {
        require(!is_capturing(context, stream), CUDA_ERROR_NOT_SUPPORTED);
        Allocation one = forget(context, address);
        allocations[address] = one;
        used += one.bytes;
        Context *where = &context;
        submit(context, stream, [=] { quarantine(forget(*where, address)); });
    });
}

CUDA_API cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    return in_context([&](Context &) {
        *free_bytes = properties().memory - used;
        *total = properties().memory;
    });
}

CUDA_API cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *bytes, CUdeviceptr address) {
    return in_context([&](Context &) {
        const Allocation *one = allocation_of(address);
        require(one != nullptr, CUDA_ERROR_NOT_FOUND);
        if (base != nullptr) {
            *base = (CUdeviceptr) one->start;
        }
        if (bytes != nullptr) {
            *bytes = one->bytes;
        }
    });
}

/* Host memory. */

CUDA_API cuMemHostAlloc(void **host, size_t bytes, unsigned flags) {
    return in_context([&](Context &) {
        require(host != nullptr && bytes > 0 && flags < 8);
        forbid_in_capture();
        if (posix_memalign(host, 4096, bytes) != 0) {
            throw std::bad_alloc();
        }
        fill(*host, bytes, UNINITIALISED);
        host_blocks[(uintptr_t) *host] = {bytes, true, flags};
    });
}

CUDA_API cuMemAllocHost_v2(void **host, size_t bytes) {
    return cuMemHostAlloc(host, bytes, 0);
}

CUDA_API cuMemFreeHost(void *host) {
    return in_context([&](Context &context) {
        auto found = host_blocks.find((uintptr_t) host);
        require(found != host_blocks.end() && found->second.owned);
        forbid_in_capture();
        finish_all(context);
        free(host);
        host_blocks.erase(found);
    });
}

CUDA_API cuMemHostRegister_v2(void *host, size_t bytes, unsigned flags) {
    return in_context([&](Context &) {
        require(host != nullptr && bytes > 0);
        require(!is_pinned(host, bytes), CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
        host_blocks[(uintptr_t) host] = {bytes, false, flags};
    });
}

CUDA_API cuMemHostUnregister(void *host) {
    return in_context([&](Context &context) {
        auto found = host_blocks.find((uintptr_t) host);
        require(found != host_blocks.end() && !found->second.owned, CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
        finish_all(context);
        host_blocks.erase(found);
    });
}

CUDA_API cuMemHostGetFlags(unsigned *flags, void *host) {
    return in_context([&](Context &) {
        auto found = host_blocks.find((uintptr_t) host);
        require(found != host_blocks.end());
        *flags = found->second.flags;
    });
}

/* Copies. */

CUDA_API cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
    return at_once(bytes, [&](Context &context) { return to_device(context, nullptr, to, from, bytes); });
}

CUDA_API cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
    return at_once(bytes, [&](Context &context) { return to_host(context, nullptr, to, from, bytes); });
}

/* Inside the device nobody waits, whatever the name says. */
CUDA_API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    return later(bytes, [&](Context &context) {
        forbid_in_capture();
        inside(context, nullptr, to, from, bytes);
    });
}

CUDA_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
    return later(bytes, [&](Context &context) { to_device(context, stream, to, from, bytes); });
}

/* A copy to pageable memory ends before the call does. */
CUDA_API cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return later(bytes, [&](Context &context) {
        std::shared_ptr<Operation> copy = to_host(context, stream, to, from, bytes);
        if (copy && !is_pinned(to, bytes)) {
            wait_for(context, copy);
        }
    });
}

CUDA_API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return later(bytes, [&](Context &context) { inside(context, stream, to, from, bytes); });
}

CUDA_API cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    bool target;
    bool source;
    {
        std::lock_guard<std::recursive_mutex> held(driver_lock);
        target = is_device(to);
        source = is_device(from);
    }
    if (target) {
        return source ? cuMemcpyDtoDAsync_v2(to, from, bytes, stream)
                      : cuMemcpyHtoDAsync_v2(to, (const void *) from, bytes, stream);
    }
    return source ? cuMemcpyDtoHAsync_v2((void *) to, from, bytes, stream) : CUDA_ERROR_INVALID_VALUE;
}

/* Fills. */

CUDA_API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
    return later(count, [&](Context &context) {
        forbid_in_capture();
        set<unsigned char>(context, nullptr, to, value, count);
    });
}

CUDA_API cuMemsetD16_v2(CUdeviceptr to, unsigned short value, size_t count) {
    return later(count, [&](Context &context) {
        forbid_in_capture();
        set<unsigned short>(context, nullptr, to, value, count);
    });
}

CUDA_API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
    return later(count, [&](Context &context) {
        forbid_in_capture();
        set<unsigned>(context, nullptr, to, value, count);
    });
}

CUDA_API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
    return later(count, [&](Context &context) { set<unsigned char>(context, stream, to, value, count); });
}

CUDA_API cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) {
    return later(count, [&](Context &context) { set<unsigned short>(context, stream, to, value, count); });
}

CUDA_API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
    return later(count, [&](Context &context) { set<unsigned>(context, stream, to, value, count); });
}
