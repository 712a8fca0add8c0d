/*
 * The functions of warpgroup.h for the simulator, by the layouts of the PTX ISA.
 *
 * Stricter than a device where that shows errors: a bulk copy leaves NaN at its place until somebody waits for its barrier,
 * and a product reads shared memory and writes its sums at the wait for it, not before.
 */
#pragma once

/* A barrier in shared memory. */
struct SimBarrier {
    UINT16 arrivals;
    UINT16 pending;
    /* Bytes that are still to come, times 2, and the parity of the phase. */
    int bytes_and_parity;
};

static inline SimBarrier *sim_made(UINT64 *barrier) {
    SimBarrier *at = (SimBarrier *) barrier;
    __cvta_generic_to_shared(barrier);
    if (at->arrivals == 0 || at->arrivals > 1024 || at->pending > at->arrivals) {
        sim_runtime->fault(719, "a barrier in shared memory that was not made");
    }
    return at;
}

DEVICE void make_barrier(UINT64 *barrier, int arrivals) {
    __cvta_generic_to_shared(barrier);
    *(SimBarrier *) barrier = {(UINT16) arrivals, (UINT16) arrivals, 0};
}

DEVICE void open_barriers(void) {}

static inline void sim_complete(SimBarrier *barrier) {
    if (barrier->pending == 0 && barrier->bytes_and_parity / 2 == 0) {
        barrier->pending = barrier->arrivals;
        barrier->bytes_and_parity ^= 1;
    }
}

DEVICE void arrive_expecting(UINT64 *barrier, UINT32 bytes) {
    SimBarrier *at = sim_made(barrier);
    if (at->pending == 0) {
        sim_runtime->fault(719, "more arrivals at a barrier in shared memory than it was made for");
    }
    at->bytes_and_parity += 2 * (int) bytes;
    at->pending--;
    sim_complete(at);
}

DEVICE void arrive(UINT64 *barrier) {
    arrive_expecting(barrier, 0);
}

struct SimBulk {
    SimCopy copy;
    SimBarrier *barrier;
};

/* The group's bulk copies that have begun. */
static std::vector<SimBulk> sim_bulks;

DEVICE void copy_bulk(void *to, const void *from, UINT32 bytes, UINT64 *barrier) {
    sim_require_aligned(to, 16);
    sim_require_aligned(from, 16);
    __cvta_generic_to_shared(to);
    if (bytes % 16 != 0) {
        sim_runtime->fault(716, "a bulk copy of bytes that do not divide by 16");
    }
    memset(to, 0xff, bytes);
    sim_bulks.push_back({{to, from, bytes}, sim_made(barrier)});
}

static inline void sim_finish_bulks(SimBarrier *barrier) {
    for (size_t i = 0; i < sim_bulks.size();) {
        if (sim_bulks[i].barrier != barrier) {
            i++;
            continue;
        }
        sim_finish(sim_bulks[i].copy);
        barrier->bytes_and_parity -= 2 * (int) sim_bulks[i].copy.bytes;
        sim_bulks.erase(sim_bulks.begin() + (long) i);
        sim_complete(barrier);
    }
}

DEVICE void await_phase(UINT64 *barrier, UINT32 parity) {
    SimBarrier *at = sim_made(barrier);
    while ((at->bytes_and_parity & 1) == (int) parity) {
        sim_finish_bulks(at);
        if ((at->bytes_and_parity & 1) == (int) parity) {
            sim_yield();
        }
    }
}

#define FEWER_REGISTERS(count) ((void) (count))
#define MORE_REGISTERS(count) ((void) (count))

DEVICE UINT64 matrix_at(const void *start) {
    sim_require_aligned(start, 16);
    return (UINT64) ((shared_address(start) & 0x3ffffu) >> 4) | (UINT64) 1 << 16 | (UINT64) (1024 >> 4) << 32
           | (UINT64) 1 << 62;
}

DEVICE void order_registers(void) {}

/* One warpgroup's product, of which this thread computes its own sums. */
struct SimProduct {
    float *d;
    UINT64 a;
    UINT64 b;
    int columns;
};

/* Number (row, l) of a K-major matrix with the 128-byte swizzle, of which 16 k are read. */
static inline float sim_swizzled(UINT64 matrix, int row, int l) {
    UINT32 eight_rows = (UINT32) (matrix >> 32 & 0x3fff) << 4;
    UINT32 at = ((UINT32) (matrix & 0x3fff) << 4) + (UINT32) (row / 8) * eight_rows + (UINT32) (row % 8 * 128 + l * 2);
    at ^= (at >> 7 & 7) << 4;
    if (matrix >> 62 != 1 || (matrix >> 49 & 7) != 0 || at + 2 > sim_thread->dynamic_bytes) {
        sim_runtime->fault(719, "a matrix outside dynamic shared memory, or without the 128-byte swizzle");
    }
    return sim_bf16(*(const UINT16 *) __cvta_shared_to_generic((1 << 20) + at), 0);
}

static inline void sim_multiply(const SimProduct &product) {
    int g = (int) sim_lane() / 4;
    int t = (int) sim_lane() % 4;
    int first = (int) (sim_thread->number / 32 % 4) * 16;
    float x[2][16];
    for (int l = 0; l < 16; l++) {
        x[0][l] = sim_swizzled(product.a, first + g, l);
        x[1][l] = sim_swizzled(product.a, first + g + 8, l);
    }
    for (int j = 0; j < product.columns / 8; j++) {
        for (int e = 0; e < 2; e++) {
            float y[16];
            for (int l = 0; l < 16; l++) {
                y[l] = sim_swizzled(product.b, 8 * j + 2 * t + e, l);
            }
            for (int h = 0; h < 2; h++) {
                product.d[4 * j + 2 * h + e] = sim_sum(x[h], y, 16, product.d[4 * j + 2 * h + e]);
            }
        }
    }
}

static SimBatches<SimProduct> sim_products[1024];

DEVICE void multiply_group_256(float d[128], UINT64 a, UINT64 b) {
    UINT64 mine[2] = {a, b};
    UINT64 all[32][2];
    SIM_WHOLE_WARP(mine, all);
    for (int lane = 0; lane < 32; lane++) {
        if (all[lane][0] != a || all[lane][1] != b) {
            sim_runtime->fault(719, "lanes of a warpgroup name different matrices");
        }
    }
    sim_products[sim_thread->number].add({d, a, b, 256});
}

DEVICE void commit_products(void) {
    sim_products[sim_thread->number].commit();
}

#define AWAIT_PRODUCTS(count) sim_products[sim_thread->number].await(count, sim_multiply)
