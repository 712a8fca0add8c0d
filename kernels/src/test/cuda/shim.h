/*
 * CUDA's words for a C++ compiler: simcc puts this before a kernel file. README.md says what it covers.
 */
#pragma once

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <utility>

#include "runtime.h"

#define SIM_HIDDEN __attribute__((visibility("hidden")))
#define SIM_INLINE static inline __attribute__((always_inline, unused))
#define SIM_UNCHECKED __attribute__((no_sanitize("undefined", "kernel-address")))

/* The running thread and the driver, set by the driver. */
SIM_HIDDEN SimThread *sim_thread;
SIM_HIDDEN SimRuntime sim_driver;
static SimRuntime *const sim_runtime = &sim_driver;

/* The bounds of what __shared__ declares; null where nothing does. */
extern "C" SIM_HIDDEN __attribute__((weak)) unsigned char __start_sim_shared[];
extern "C" SIM_HIDDEN __attribute__((weak)) unsigned char __stop_sim_shared[];

#define SIM_HERE \
    SimPlace { __FILE__, __LINE__ }

/* Declarations. */

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __constant__
#define __shared__ static __attribute__((section("sim_shared")))
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __cluster_dims__(...)
#define __grid_constant__
#define __restrict__ __restrict

#define threadIdx (sim_thread->thread)
#define blockIdx (sim_thread->block)
#define blockDim (sim_thread->block_size)
#define gridDim (sim_thread->grid_size)
#define warpSize 32

/* Vectors, aligned as CUDA aligns them. */

#define SIM_VECTORS(type, name)                                                    \
    struct alignas(2 * sizeof(type)) name##2 {                                     \
        type x, y;                                                                 \
    };                                                                             \
    struct name##3 {                                                               \
        type x, y, z;                                                              \
    };                                                                             \
    struct alignas(sizeof(type) < 4 ? 4 * sizeof(type) : 16) name##4 {             \
        type x, y, z, w;                                                           \
    };                                                                             \
    SIM_INLINE name##2 make_##name##2(type x, type y) { return {x, y}; }           \
    SIM_INLINE name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
    SIM_INLINE name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }

SIM_VECTORS(signed char, char)
SIM_VECTORS(unsigned char, uchar)
SIM_VECTORS(short, short)
SIM_VECTORS(unsigned short, ushort)
SIM_VECTORS(int, int)
SIM_VECTORS(unsigned, uint)
SIM_VECTORS(long long, longlong)
SIM_VECTORS(unsigned long long, ulonglong)
SIM_VECTORS(float, float)
SIM_VECTORS(double, double)

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

/* Barriers and fences. */

SIM_INLINE int sim_barrier(SimPlace place, int bit, int which) {
    int results[3];
    sim_runtime->barrier(place, bit, results);
    return results[which];
}

#define __syncthreads() ((void) sim_barrier(SIM_HERE, 0, 0))
#define __syncthreads_count(bit) sim_barrier(SIM_HERE, (bit) != 0, 0)
#define __syncthreads_or(bit) sim_barrier(SIM_HERE, (bit) != 0, 1)
#define __syncthreads_and(bit) sim_barrier(SIM_HERE, (bit) != 0, 2)

#define sim_named_barrier(id, threads) sim_runtime->named_barrier(SIM_HERE, id, threads, true)
#define sim_named_arrive(id, threads) sim_runtime->named_barrier(SIM_HERE, id, threads, false)
#define sim_yield() sim_runtime->yield(SIM_HERE)
#define __nanosleep(t) ((void) (t), sim_yield())

SIM_INLINE void __threadfence() { sim_runtime->fence(true); }
SIM_INLINE void __threadfence_block() { sim_runtime->fence(false); }
SIM_INLINE void __threadfence_system() { sim_runtime->fence(true); }

/* Shared memory. */

#define DYNAMIC_SHARED(type, name) type *name = (type *) sim_thread->dynamic_shared

/* An address in shared memory as 32 bits: what is static from 0 on, what is dynamic from 2^20 on. */
SIM_INLINE size_t __cvta_generic_to_shared(const void *pointer) {
    const unsigned char *at = (const unsigned char *) pointer;
    if (at >= sim_thread->dynamic_shared && at < sim_thread->dynamic_shared + sim_thread->dynamic_bytes) {
        return (size_t) (at - sim_thread->dynamic_shared) + (1 << 20);
    }
    if (at < __start_sim_shared || at >= __stop_sim_shared) {
        sim_runtime->fault(717, "__cvta_generic_to_shared of a pointer that is not to shared memory");
    }
    return (size_t) (at - __start_sim_shared);
}

SIM_INLINE void *__cvta_shared_to_generic(size_t address) {
    return address < 1 << 20 ? __start_sim_shared + address : sim_thread->dynamic_shared + (address - (1 << 20));
}

/* Warps. */

#define sim_lane() (sim_thread->number % 32)
/* Waits for the warp's lanes that have not returned; all receives 32 deposits, NaN where a lane is absent. */
#define sim_warp_exchange(mine, bytes, all) sim_runtime->warp_exchange(SIM_HERE, ~0u, mine, bytes, all)

/* The lanes run alone between exchanges, so that no two are ever active together by chance. */
#define __activemask() (1u << sim_lane())

template <class T>
static inline T sim_shuffle(SimPlace place, unsigned mask, T mine, int from, bool inside) {
    T all[32];
    unsigned present = sim_runtime->warp_exchange(place, mask, &mine, sizeof(T), all);
    if (!inside) {
        return mine;
    }
    if ((present >> from & 1) == 0) {
        sim_runtime->fault(719, "a shuffle reads a lane that takes no part");
    }
    return all[from];
}

template <class T>
static inline T sim_shuffle_index(SimPlace place, unsigned mask, T mine, int lane, int width = 32) {
    int first = (int) sim_lane() & -width;
    return sim_shuffle(place, mask, mine, first + (lane & (width - 1)), true);
}

template <class T>
static inline T sim_shuffle_up(SimPlace place, unsigned mask, T mine, unsigned delta, int width = 32) {
    int from = (int) sim_lane() - (int) delta;
    return sim_shuffle(place, mask, mine, from, from >= ((int) sim_lane() & -width));
}

template <class T>
static inline T sim_shuffle_down(SimPlace place, unsigned mask, T mine, unsigned delta, int width = 32) {
    int from = (int) sim_lane() + (int) delta;
    return sim_shuffle(place, mask, mine, from, from < ((int) sim_lane() & -width) + width);
}

template <class T>
static inline T sim_shuffle_xor(SimPlace place, unsigned mask, T mine, int bits, int width = 32) {
    int from = (int) sim_lane() ^ bits;
    return sim_shuffle(place, mask, mine, from, from < ((int) sim_lane() & -width) + width);
}

#define __shfl_sync(mask, ...) sim_shuffle_index(SIM_HERE, mask, __VA_ARGS__)
#define __shfl_up_sync(mask, ...) sim_shuffle_up(SIM_HERE, mask, __VA_ARGS__)
#define __shfl_down_sync(mask, ...) sim_shuffle_down(SIM_HERE, mask, __VA_ARGS__)
#define __shfl_xor_sync(mask, ...) sim_shuffle_xor(SIM_HERE, mask, __VA_ARGS__)

/* The lanes that take part, and those of them whose bit is set. */
static inline unsigned sim_vote(SimPlace place, unsigned mask, int bit, unsigned *present) {
    unsigned char mine = bit != 0;
    unsigned char all[32];
    *present = sim_runtime->warp_exchange(place, mask, &mine, 1, all);
    unsigned votes = 0;
    for (unsigned lane = 0; lane < 32; lane++) {
        votes |= (*present >> lane & 1 && all[lane] == 1 ? 1u : 0u) << lane;
    }
    return votes;
}

static inline unsigned sim_ballot(SimPlace place, unsigned mask, int bit) {
    unsigned present;
    return sim_vote(place, mask, bit, &present);
}

static inline int sim_all(SimPlace place, unsigned mask, int bit) {
    unsigned present;
    return sim_vote(place, mask, bit, &present) == present;
}

#define __ballot_sync(mask, bit) sim_ballot(SIM_HERE, mask, (bit) != 0)
#define __any_sync(mask, bit) (sim_ballot(SIM_HERE, mask, (bit) != 0) != 0)
#define __all_sync(mask, bit) sim_all(SIM_HERE, mask, (bit) != 0)
#define SIM_SYNCWARP(mask, ...) ((void) sim_ballot(SIM_HERE, mask, 0))
#define __syncwarp(...) SIM_SYNCWARP(__VA_ARGS__ __VA_OPT__(, ) ~0u)

/* Bits. */

template <class To, class From>
SIM_INLINE To sim_bits(From from) {
    static_assert(sizeof(To) == sizeof(From), "as many bits");
    To to;
    memcpy(&to, &from, sizeof(To));
    return to;
}

SIM_INLINE float __int_as_float(int i) { return sim_bits<float>(i); }
SIM_INLINE int __float_as_int(float f) { return sim_bits<int>(f); }
SIM_INLINE float __uint_as_float(unsigned i) { return sim_bits<float>(i); }
SIM_INLINE unsigned __float_as_uint(float f) { return sim_bits<unsigned>(f); }
SIM_INLINE double __longlong_as_double(long long i) { return sim_bits<double>(i); }
SIM_INLINE long long __double_as_longlong(double d) { return sim_bits<long long>(d); }
SIM_INLINE unsigned __umulhi(unsigned a, unsigned b) { return (unsigned) ((unsigned long long) a * b >> 32); }
SIM_INLINE int __mulhi(int a, int b) { return (int) ((long long) a * b >> 32); }
SIM_INLINE int __popc(unsigned i) { return __builtin_popcount(i); }
SIM_INLINE int __popcll(unsigned long long i) { return __builtin_popcountll(i); }
SIM_INLINE int __clz(int i) { return i == 0 ? 32 : __builtin_clz((unsigned) i); }
SIM_INLINE int __clzll(long long i) { return i == 0 ? 64 : __builtin_clzll((unsigned long long) i); }
SIM_INLINE int __ffs(int i) { return __builtin_ffs(i); }

/* Reads and writes with hints for caches. */

template <class T>
SIM_INLINE T __ldg(const T *from) {
    return *from;
}
#define __ldcg(from) __ldg(from)
#define __ldcs(from) __ldg(from)
#define __ldca(from) __ldg(from)
template <class T>
SIM_INLINE void __stcg(T *to, T value) {
    *to = value;
}
#define __stcs(to, value) __stcg(to, value)

/* Atomic functions: no other thread runs meanwhile. */

/* While one lives, what its thread does with memory is atomic. */
struct SimAtomic {
    SimAtomic() {
        sim_thread->atomic++;
        asm volatile("" ::: "memory");
    }
    ~SimAtomic() {
        asm volatile("" ::: "memory");
        sim_thread->atomic--;
    }
};

template <class T, class F>
SIM_INLINE T sim_atomic(T *at, F change) {
    SimAtomic atomic;
    T old = *at;
    *at = change(old);
    return old;
}

#define SIM_ATOMICS(type)                                                                                             \
    SIM_INLINE type atomicAdd(type *at, type v) { return sim_atomic(at, [v](type old) { return (type) (old + v); }); } \
    SIM_INLINE type atomicExch(type *at, type v) { return sim_atomic(at, [v](type) { return v; }); }
#define SIM_INTEGER_ATOMICS(type)                                                                                     \
    SIM_ATOMICS(type)                                                                                                 \
    SIM_INLINE type atomicMin(type *at, type v) { return sim_atomic(at, [v](type old) { return old < v ? old : v; }); } \
    SIM_INLINE type atomicMax(type *at, type v) { return sim_atomic(at, [v](type old) { return old > v ? old : v; }); } \
    SIM_INLINE type atomicAnd(type *at, type v) { return sim_atomic(at, [v](type old) { return old & v; }); }          \
    SIM_INLINE type atomicOr(type *at, type v) { return sim_atomic(at, [v](type old) { return old | v; }); }           \
    SIM_INLINE type atomicXor(type *at, type v) { return sim_atomic(at, [v](type old) { return old ^ v; }); }          \
    SIM_INLINE type atomicCAS(type *at, type expected, type v) {                                                       \
        return sim_atomic(at, [expected, v](type old) { return old == expected ? v : old; });                         \
    }
SIM_INTEGER_ATOMICS(int)
SIM_INTEGER_ATOMICS(unsigned)
SIM_INTEGER_ATOMICS(unsigned long long)
SIM_ATOMICS(float)
SIM_ATOMICS(double)

/* Arithmetic; math.h has the functions of C for float and double. */

#define SIM_LESSER(type)                                           \
    SIM_INLINE type min(type a, type b) { return a < b ? a : b; } \
    SIM_INLINE type max(type a, type b) { return a > b ? a : b; }
SIM_LESSER(int)
SIM_LESSER(unsigned)
SIM_LESSER(long)
SIM_LESSER(unsigned long)
SIM_LESSER(long long)
SIM_LESSER(unsigned long long)
SIM_INLINE float min(float a, float b) { return fminf(a, b); }
SIM_INLINE float max(float a, float b) { return fmaxf(a, b); }
SIM_INLINE double min(double a, double b) { return fmin(a, b); }
SIM_INLINE double max(double a, double b) { return fmax(a, b); }

SIM_INLINE float rsqrtf(float x) { return (float) (1 / sqrt((double) x)); }
SIM_INLINE float rsqrt(float x) { return rsqrtf(x); }
SIM_INLINE double rsqrt(double x) { return 1 / sqrt(x); }
SIM_INLINE float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
SIM_INLINE float __fadd_rn(float a, float b) { return a + b; }
SIM_INLINE float __fsub_rn(float a, float b) { return a - b; }
SIM_INLINE float __fmul_rn(float a, float b) { return a * b; }
SIM_INLINE float __fdiv_rn(float a, float b) { return a / b; }
SIM_INLINE float __fsqrt_rn(float a) { return sqrtf(a); }
SIM_INLINE float __frcp_rn(float a) { return 1 / a; }
SIM_INLINE double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
SIM_INLINE double __dadd_rn(double a, double b) { return a + b; }
SIM_INLINE double __dmul_rn(double a, double b) { return a * b; }
SIM_INLINE float __fdividef(float a, float b) { return a / b; }
#define __expf(x) expf(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __exp2f(x) exp2f(x)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
SIM_INLINE int __float2int_rn(float x) { return (int) rintf(x); }
SIM_INLINE int __float2int_rz(float x) { return (int) x; }
SIM_INLINE int __double2int_rn(double x) { return (int) rint(x); }
#define __trap() sim_runtime->fault(719, "trap")

/* What -fsanitize finds, with its place in the kernel file: these never return, the thread is abandoned. */

struct SimFinding {
    const char *file;
    unsigned line, column;
};

static void SIM_UNCHECKED sim_found(const void *finding, int code, const char *what) {
    const SimFinding *at = (const SimFinding *) finding;
    char message[400];
    snprintf(message, sizeof(message), "%s:%u: %s", at->file, at->line, what);
    sim_runtime->fault(code, message);
}

#define SIM_FINDING(name, arguments, code, what) \
    extern "C" SIM_HIDDEN SIM_UNCHECKED void __ubsan_handle_##name arguments { sim_found(data, code, what); }
SIM_FINDING(type_mismatch_v1, (void *data, void *), 716, "misaligned access")
SIM_FINDING(out_of_bounds, (void *data, void *), 700, "index outside an array")
SIM_FINDING(shift_out_of_bounds, (void *data, void *, void *), 719, "shift by too many bits")
SIM_FINDING(divrem_overflow, (void *data, void *, void *), 719, "division by zero")
SIM_FINDING(add_overflow, (void *data, void *, void *), 719, "signed sum overflows")
SIM_FINDING(sub_overflow, (void *data, void *, void *), 719, "signed difference overflows")
SIM_FINDING(mul_overflow, (void *data, void *, void *), 719, "signed product overflows")
SIM_FINDING(negate_overflow, (void *data, void *), 719, "signed negation overflows")

/*
 * What -fsanitize=kernel-address calls before each use of memory: it must be the device's, shared, or the thread's own.
 * Emulated instructions keep what they need in static variables and in a heap among these.
 */
#if SIM_CHECKED

extern "C" SIM_HIDDEN unsigned char __ehdr_start[];
extern "C" SIM_HIDDEN unsigned char _end[];

static inline SIM_UNCHECKED __attribute__((always_inline)) void sim_access(
        const void *address, size_t bytes, SimUse use, const void *site) {
    uintptr_t at = (uintptr_t) address;
    uintptr_t in_memory = at - (uintptr_t) sim_runtime->memory.start;
    if (in_memory < sim_runtime->memory.bytes) {
        if (in_memory % SIM_GRAIN + bytes > sim_runtime->memory.valid[in_memory / SIM_GRAIN]) {
            sim_runtime->doubt(address, bytes, use, site);
        }
    } else if (((at ^ (uintptr_t) sim_thread) & ~(SIM_STACK - 1)) == 0) {
        return;
    } else if (at >= (uintptr_t) __ehdr_start && at + bytes <= (uintptr_t) _end) {
        if (at < (uintptr_t) __start_sim_shared || at >= (uintptr_t) __stop_sim_shared) {
            return;
        }
    } else {
        sim_runtime->doubt(address, bytes, use, site);
    }
    if (sim_runtime->races) {
        sim_runtime->touch(address, bytes, use, site);
    }
}

static SIM_UNCHECKED void *sim_take(size_t bytes) {
    alignas(64) static unsigned char heap[16 << 20];
    static size_t used;
    if (bytes > sizeof(heap) - used) {
        sim_runtime->fault(719, "no room for what emulated instructions keep");
    }
    used += bytes;
    return heap + used - bytes;
}

/* Blocks of 32, 64, 128, ... bytes; a free one holds the address of the next of its size. */
static SIM_UNCHECKED void **sim_free_blocks(size_t bytes, size_t *rounded) {
    static void *blocks[64];
    int power = 5;
    while ((size_t) 1 << power < bytes) {
        power++;
    }
    *rounded = (size_t) 1 << power;
    return &blocks[power];
}

SIM_UNCHECKED void *operator new(size_t bytes) {
    size_t rounded;
    void **first = sim_free_blocks(bytes, &rounded);
    if (*first == nullptr) {
        return sim_take(rounded);
    }
    void *block = *first;
    *first = *(void **) block;
    return block;
}

SIM_UNCHECKED void operator delete(void *block, size_t bytes) noexcept {
    size_t rounded;
    void **first = sim_free_blocks(bytes, &rounded);
    *(void **) block = *first;
    *first = block;
}

/* Nobody keeps blocks without their size. */
SIM_UNCHECKED void operator delete(void *) noexcept {}

#define SIM_ACCESS(kind, use, size, parameters, bytes)                                     \
    extern "C" SIM_HIDDEN SIM_UNCHECKED void __asan_##kind##size##_noabort parameters {     \
        sim_access(address, bytes, use, __builtin_return_address(0));                      \
    }
#define SIM_ACCESSES(size)                                           \
    SIM_ACCESS(load, SIM_READ, size, (const void *address), size)   \
    SIM_ACCESS(store, SIM_WRITE, size, (const void *address), size)
SIM_ACCESSES(1)
SIM_ACCESSES(2)
SIM_ACCESSES(4)
SIM_ACCESSES(8)
SIM_ACCESSES(16)
SIM_ACCESS(load, SIM_READ, N, (const void *address, size_t bytes), bytes)
SIM_ACCESS(store, SIM_WRITE, N, (const void *address, size_t bytes), bytes)
extern "C" SIM_HIDDEN void __asan_handle_no_return() {}
extern "C" SIM_HIDDEN void __asan_before_dynamic_init(const char *) {}
extern "C" SIM_HIDDEN void __asan_after_dynamic_init() {}

#endif

/* Calls a kernel with arguments behind pointers, as the driver gets them. */

template <class... Arguments>
struct SimCall {
    static constexpr int count = sizeof...(Arguments);
    static constexpr size_t sizes[count + 1] = {sizeof(Arguments)..., 0};

    template <void (*kernel)(Arguments...), size_t... i>
    static SIM_UNCHECKED void unpack(void **arguments, std::index_sequence<i...>) {
        kernel(*(Arguments *) arguments[i]...);
    }

    template <void (*kernel)(Arguments...)>
    static SIM_UNCHECKED void call(void **arguments) {
        unpack<kernel>(arguments, std::make_index_sequence<count>());
    }
};

template <class... Arguments>
SimCall<Arguments...> sim_call_of(void (*)(Arguments...));

/* simcc writes these after the kernel file, one SIM_KERNEL for each kernel of it. */

#define SIM_KERNEL(name, max_threads)                                                               \
    {#name, &decltype(sim_call_of(name))::call<name>, decltype(sim_call_of(name))::count, \
     decltype(sim_call_of(name))::sizes, max_threads},

#if SIM_CHECKED
#define SIM_IS_CHECKED true
#else
#define SIM_IS_CHECKED false
#endif

#define SIM_MODULE(architecture, specific, ...)                                            \
    static const SimKernel sim_kernels[] = {__VA_ARGS__{nullptr, nullptr, 0, nullptr, 0}}; \
    extern "C" __attribute__((visibility("default"))) const SimModule *sim_module() {      \
        static const SimModule module = {                                                  \
                SIM_SOURCES,                                                               \
                SIM_IS_CHECKED,                                                            \
                architecture,                                                              \
                specific,                                                                  \
                sim_kernels,                                                               \
                sizeof(sim_kernels) / sizeof(SimKernel) - 1,                               \
                __start_sim_shared,                                                        \
                __stop_sim_shared,                                                         \
                &sim_thread,                                                               \
                &sim_driver};                                                             \
        return &module;                                                                    \
    }
