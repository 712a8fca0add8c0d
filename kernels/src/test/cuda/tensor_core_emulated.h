/*
 * The functions of tensor_core.h for the simulator, by the fragment layouts of the PTX ISA.
 *
 * Stricter than a device where that shows errors: a copy leaves NaN at its place until the wait for it, so that neither a
 * missing wait nor a place that is still read goes unseen. A sum is what Hopper's tensor cores were found to give: terms
 * aligned to the greatest, cut after 25 bits, added, rounded towards zero (Li et al. 2025, arXiv:2511.10909).
 */
#pragma once

#include <stdlib.h>

/* Functions that look at memory of their own, and say themselves what they use of the kernel's. */
#define SIM_OWN static SIM_UNCHECKED __attribute__((noinline, unused))

SIM_OWN void sim_use(const void *at, size_t bytes, SimUse use) {
#if SIM_CHECKED
    /* As if by instructions, none of which uses more than 16 bytes. */
    for (size_t i = 0; i < bytes; i += 16) {
        sim_access((const char *) at + i, bytes - i < 16 ? bytes - i : 16, use, __builtin_return_address(0));
    }
#else
    (void) at, (void) bytes, (void) use;
#endif
}

SIM_OWN void sim_require_aligned(const void *at, unsigned bytes) {
    if ((uintptr_t) at % bytes != 0) {
        sim_runtime->fault(716, "an asynchronous copy or a matrix at a place that is not aligned");
    }
}

SIM_OWN UINT32 shared_address(const void *p) {
    return (UINT32) __cvta_generic_to_shared(p);
}

DEVICE UINT32 two_bf16(float low, float high) {
    return bf16_of(low) | bf16_of(high) << 16;
}

DEVICE UINT32 to_tf32(float x) {
    return tf32_of(x);
}

/* All lanes' deposits; a warp's instruction needs the whole warp. */
#define SIM_WHOLE_WARP(mine, all)                                                       \
    do {                                                                                \
        if (sim_warp_exchange(&(mine), sizeof(mine), all) != ~0u) {                     \
            sim_runtime->fault(719, "an instruction of a warp without the whole warp"); \
        }                                                                               \
    } while (0)

/* Word i of a row of eight numbers. */
SIM_OWN UINT32 sim_word(const void *row, int i) {
    UINT32 word;
    sim_use((const UINT32 *) row + i, 4, SIM_READ);
    memcpy(&word, (const UINT32 *) row + i, 4);
    return word;
}

DEVICE void load_matrices(UINT32 to[4], const void *row) {
    const void *rows[32];
    sim_require_aligned(row, 16);
    shared_address(row);
    SIM_WHOLE_WARP(row, rows);
    for (unsigned i = 0; i < 4; i++) {
        to[i] = sim_word(rows[8 * i + sim_lane() / 4], (int) sim_lane() % 4);
    }
}

DEVICE void load_matrices_turned(UINT32 to[4], const void *row) {
    const void *rows[32];
    sim_require_aligned(row, 16);
    shared_address(row);
    SIM_WHOLE_WARP(row, rows);
    unsigned g = sim_lane() / 4;
    unsigned t = sim_lane() % 4;
    for (unsigned i = 0; i < 4; i++) {
        UINT32 low = sim_word(rows[8 * i + 2 * t], (int) g / 2) >> g % 2 * 16;
        UINT32 high = sim_word(rows[8 * i + 2 * t + 1], (int) g / 2) >> g % 2 * 16;
        to[i] = (low & 0xffffu) | high << 16;
    }
}

/* 2^e as a double. */
SIM_OWN double sim_power(int e) {
    return sim_bits<double>((UINT64) (e + 1023) << 52);
}

/* Exponent of a number as tensor cores align by it; of zero none. */
SIM_OWN int sim_exponent(float x) {
    int biased = BITS_OF_FLOAT(x) >> 23 & 255;
    return x == 0 ? -1000 : biased == 0 ? -126 : biased - 127;
}

SIM_OWN float sim_towards_zero(double x) {
    float f = (float) x;
    return fabs((double) f) > fabs(x) && !isinf(f) ? nextafterf(f, 0) : f;
}

/* c + sum of x[i] y[i], one instruction's. */
SIM_OWN float sim_sum(const float *x, const float *y, int terms, float c) {
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

SIM_OWN float sim_bf16(UINT32 word, int half) {
    return FLOAT_OF_BITS((int) (half ? word & 0xffff0000u : word << 16));
}

/* What a lane holds of A and B. */
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

SIM_OWN void sim_begin(const SimCopy &copy, unsigned alignment) {
    sim_require_aligned(copy.to, alignment);
    sim_require_aligned(copy.from, alignment);
    shared_address(copy.to);
    if (copy.from != nullptr) {
        sim_use(copy.from, copy.bytes, SIM_READ);
    }
    sim_use(copy.to, copy.bytes, SIM_WRITE);
    memset(copy.to, 0xff, copy.bytes);
}

SIM_OWN void sim_fill(const SimCopy &copy) {
    if (copy.from == nullptr) {
        memset(copy.to, 0, copy.bytes);
    } else {
        memcpy(copy.to, copy.from, copy.bytes);
    }
}

/* By the thread that began it. */
SIM_OWN void sim_finish(const SimCopy &copy) {
    sim_use(copy.to, copy.bytes, SIM_WRITE);
    sim_fill(copy);
}

/* What a thread began, in its order, each with the number of its batch. */
template <class T>
struct SimBatches {
    struct Item {
        T one;
        unsigned batch;
    };
    Item *items;
    unsigned first, last, room, batch;
};

template <class T>
SIM_OWN void sim_add(SimBatches<T> &all, const T &one) {
    if (all.first == all.last) {
        all.first = all.last = 0;
    }
    if (all.last == all.room) {
        all.room = 2 * all.room + 16;
        all.items = (typename SimBatches<T>::Item *) realloc(all.items, all.room * sizeof(*all.items));
    }
    all.items[all.last++] = {one, all.batch};
}

template <class T>
SIM_OWN void sim_commit(SimBatches<T> &all) {
    all.batch++;
}

template <class T>
SIM_OWN void sim_await(SimBatches<T> &all, unsigned count, void (*finish)(const T &)) {
    while (all.first < all.last && all.items[all.first].batch + count < all.batch) {
        finish(all.items[all.first++].one);
    }
}

static SimBatches<SimCopy> sim_copies[1024];

SIM_OWN void sim_copy(void *to, const void *from, int wanted, unsigned bytes) {
    SimCopy copy = {to, wanted ? from : nullptr, bytes};
    sim_begin(copy, bytes);
    sim_add(sim_copies[sim_thread->number], copy);
}

DEVICE void copy_16(void *to, const void *from, int wanted) {
    sim_copy(to, from, wanted, 16);
}

DEVICE void copy_4(void *to, const void *from, int wanted) {
    sim_copy(to, from, wanted, 4);
}

DEVICE void commit_copies(void) {
    sim_commit(sim_copies[sim_thread->number]);
}

#define AWAIT_COPIES(count) sim_await(sim_copies[sim_thread->number], count, sim_finish)
