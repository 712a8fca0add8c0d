/*
 * The functions of tensor_core.h for the simulator, by the fragment layouts of the PTX ISA.
 *
 * Stricter than a device where that shows errors: a copy leaves NaN at its place until the wait for it, so that neither a
 * missing wait nor a place that is still read goes unseen. A sum is what Hopper's tensor cores were found to give: terms
 * aligned to the greatest, cut after 25 bits, added, rounded towards zero (Li et al. 2025, arXiv:2511.10909).
 */
#pragma once

#if __has_include(<vector>)
#include <vector>
#endif

#define BOUNDS(threads, groups) __launch_bounds__(threads, groups)

static inline UINT32 shared_address(const void *p) {
    return (UINT32) __cvta_generic_to_shared(p);
}

DEVICE UINT32 two_bf16(float low, float high) {
    return bf16_of(low) | bf16_of(high) << 16;
}

DEVICE UINT32 to_tf32(float x) {
    return tf32_of(x);
}

/* All lanes' deposits; a warp's instruction needs the whole warp. */
#define SIM_WHOLE_WARP(mine, all)                                                        \
    do {                                                                                 \
        if (sim_warp_exchange(&(mine), sizeof(mine), all) != ~0u) {                      \
            sim_runtime->fault(719, "an instruction of a warp without the whole warp"); \
        }                                                                                \
    } while (0)

static inline void sim_require_aligned(const void *at, unsigned bytes) {
    if ((uintptr_t) at % bytes != 0) {
        sim_runtime->fault(716, "an asynchronous copy or a matrix at a place that is not aligned");
    }
}

static inline UINT16 sim_number(const void *row, int column) {
    return ((const UINT16 *) row)[column];
}

DEVICE void load_matrices(UINT32 to[4], const void *row) {
    const void *rows[32];
    sim_require_aligned(row, 16);
    __cvta_generic_to_shared(row);
    SIM_WHOLE_WARP(row, rows);
    unsigned g = sim_lane() / 4;
    int t = (int) sim_lane() % 4;
    for (unsigned i = 0; i < 4; i++) {
        const void *from = rows[8 * i + g];
        to[i] = sim_number(from, 2 * t) | (UINT32) sim_number(from, 2 * t + 1) << 16;
    }
}

DEVICE void load_matrices_turned(UINT32 to[4], const void *row) {
    const void *rows[32];
    sim_require_aligned(row, 16);
    __cvta_generic_to_shared(row);
    SIM_WHOLE_WARP(row, rows);
    int g = (int) sim_lane() / 4;
    unsigned t = sim_lane() % 4;
    for (unsigned i = 0; i < 4; i++) {
        to[i] = sim_number(rows[8 * i + 2 * t], g) | (UINT32) sim_number(rows[8 * i + 2 * t + 1], g) << 16;
    }
}

/* 2^e as a double. */
static inline double sim_power(int e) {
    return sim_bits<double>((UINT64) (e + 1023) << 52);
}

/* Exponent of a number as tensor cores align by it; of zero none. */
static inline int sim_exponent(float x) {
    int biased = BITS_OF_FLOAT(x) >> 23 & 255;
    return x == 0 ? -1000 : biased == 0 ? -126 : biased - 127;
}

static inline float sim_towards_zero(double x) {
    float f = (float) x;
    return fabs((double) f) > fabs(x) && !isinf(f) ? nextafterf(f, 0) : f;
}

/* c + sum of x[i] y[i], one instruction's. */
static inline float sim_sum(const float *x, const float *y, int terms, float c) {
    int most = sim_exponent(c);
    double plain = c;
    for (int i = 0; i < terms; i++) {
        int e = sim_exponent(x[i]) + sim_exponent(y[i]);
        most = e > most ? e : most;
        plain += (double) x[i] * y[i];
    }
    if (!isfinite(plain)) {
        return (float) plain;
    }
    if (most < -900) {
        return 0;
    }
    double scale = sim_power(25 - most);
    INT64 sum = (INT64) (c * scale);
    for (int i = 0; i < terms; i++) {
        sum += (INT64) ((double) x[i] * y[i] * scale);
    }
    return sim_towards_zero((double) sum * sim_power(most - 25));
}

static inline float sim_bf16(UINT32 word, int half) {
    return FLOAT_OF_BITS((int) (half ? word & 0xffff0000u : word << 16));
}

struct SimFragments {
    UINT32 a[4];
    UINT32 b[2];
};

DEVICE void multiply_bf16(float c[4], const UINT32 a[4], UINT32 b0, UINT32 b1) {
    SimFragments mine = {{a[0], a[1], a[2], a[3]}, {b0, b1}};
    SimFragments all[32];
    SIM_WHOLE_WARP(mine, all);
    int g = (int) sim_lane() / 4;
    int t = (int) sim_lane() % 4;
    for (int i = 0; i < 4; i++) {
        float x[16];
        float y[16];
        for (int l = 0; l < 16; l++) {
            int from = l % 8 / 2;
            x[l] = sim_bf16(all[4 * g + from].a[l / 8 * 2 + i / 2], l % 2);
            y[l] = sim_bf16(all[4 * (2 * t + i % 2) + from].b[l / 8], l % 2);
        }
        c[i] = sim_sum(x, y, 16, c[i]);
    }
}

DEVICE void multiply_tf32(float c[4], const UINT32 a[4], UINT32 b0, UINT32 b1) {
    SimFragments mine = {{a[0], a[1], a[2], a[3]}, {b0, b1}};
    SimFragments all[32];
    SIM_WHOLE_WARP(mine, all);
    int g = (int) sim_lane() / 4;
    int t = (int) sim_lane() % 4;
    for (int i = 0; i < 4; i++) {
        float x[8];
        float y[8];
        for (int l = 0; l < 8; l++) {
            /* The bits below TF32's are not read. */
            x[l] = FLOAT_OF_BITS((int) (all[4 * g + l % 4].a[l / 4 * 2 + i / 2] & 0xffffe000u));
            y[l] = FLOAT_OF_BITS((int) (all[4 * (2 * t + i % 2) + l % 4].b[l / 4] & 0xffffe000u));
        }
        c[i] = sim_sum(x, y, 8, c[i]);
    }
}

/* A copy that has begun, and zeros where it has no source. */
struct SimCopy {
    void *to;
    const void *from;
    unsigned bytes;
};

static inline void sim_finish(const SimCopy &copy) {
    if (copy.from == nullptr) {
        memset(copy.to, 0, copy.bytes);
    } else {
        memcpy(copy.to, copy.from, copy.bytes);
    }
}

/* A thread's batches in their order, the one that is not committed yet last. */
template <class T>
struct SimBatches {
    std::vector<std::vector<T>> batches{1};

    void add(const T &one) { batches.back().push_back(one); }
    void commit() { batches.emplace_back(); }

    template <class F>
    void await(size_t count, F finish) {
        while (batches.size() > count + 1) {
            for (const T &one : batches.front()) {
                finish(one);
            }
            batches.erase(batches.begin());
        }
    }
};

static SimBatches<SimCopy> sim_copies[1024];

static inline void sim_copy(void *to, const void *from, int wanted, unsigned bytes) {
    sim_require_aligned(to, bytes);
    sim_require_aligned(from, bytes);
    __cvta_generic_to_shared(to);
    memset(to, 0xff, bytes);
    sim_copies[sim_thread->number].add({to, wanted ? from : nullptr, bytes});
}

DEVICE void copy_16(void *to, const void *from, int wanted) {
    sim_copy(to, from, wanted, 16);
}

DEVICE void copy_4(void *to, const void *from, int wanted) {
    sim_copy(to, from, wanted, 4);
}

DEVICE void commit_copies(void) {
    sim_copies[sim_thread->number].commit();
}

#define AWAIT_COPIES(count) sim_copies[sim_thread->number].await(count, sim_finish)
