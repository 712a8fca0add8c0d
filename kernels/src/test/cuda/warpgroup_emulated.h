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

SIM_OWN SimBarrier *sim_made(UINT64 *barrier) {
    SimBarrier *at = (SimBarrier *) barrier;
    shared_address(barrier);
    if (at->arrivals == 0 || at->arrivals > 1024 || at->pending > at->arrivals) {
        sim_runtime->fault(719, "a barrier in shared memory that was not made");
    }
    return at;
}

SIM_OWN void make_barrier(UINT64 *barrier, int arrivals) {
    sim_require_aligned(barrier, 8);
    shared_address(barrier);
    *(SimBarrier *) barrier = {(UINT16) arrivals, (UINT16) arrivals, 0};
}

DEVICE void open_barriers(void) {}

SIM_OWN void sim_complete(SimBarrier *barrier) {
    if (barrier->pending == 0 && barrier->bytes_and_parity / 2 == 0) {
        barrier->pending = barrier->arrivals;
        barrier->bytes_and_parity ^= 1;
    }
}

SIM_OWN void arrive_expecting(UINT64 *barrier, UINT32 bytes) {
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

/* A bulk copy that has begun; of the whole group, since anyone may wait for it. */
struct SimBulk {
    SimCopy copy;
    SimBarrier *barrier;
};

static SimBulk sim_bulks[64];
static unsigned sim_bulk_count;

SIM_OWN void copy_bulk(void *to, const void *from, UINT32 bytes, UINT64 *barrier) {
    SimCopy copy = {to, from, bytes};
    sim_begin(copy, 16);
    if (bytes % 16 != 0 || sim_bulk_count == 64) {
        sim_runtime->fault(716, "a bulk copy of bytes that do not divide by 16, or more than 64 at once");
    }
    sim_bulks[sim_bulk_count++] = {copy, sim_made(barrier)};
}

SIM_OWN void sim_finish_bulks(SimBarrier *barrier) {
    unsigned left = 0;
    for (unsigned i = 0; i < sim_bulk_count; i++) {
        if (sim_bulks[i].barrier != barrier) {
            sim_bulks[left++] = sim_bulks[i];
            continue;
        }
        sim_fill(sim_bulks[i].copy);
        barrier->bytes_and_parity -= 2 * (int) sim_bulks[i].copy.bytes;
    }
    if (left < sim_bulk_count) {
        sim_bulk_count = left;
        sim_complete(barrier);
    }
}

SIM_OWN int sim_waits(SimBarrier *barrier, UINT32 parity) {
    return (barrier->bytes_and_parity & 1) == (int) parity;
}

SIM_OWN void await_phase(UINT64 *barrier, UINT32 parity) {
    SimBarrier *at = sim_made(barrier);
    while (sim_waits(at, parity)) {
        sim_finish_bulks(at);
        if (sim_waits(at, parity)) {
            sim_yield();
        }
    }
    sim_runtime->fence(false);
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

/* Eight numbers of row "row" from k = 8 chunk on, of a K-major matrix with the 128-byte swizzle. */
SIM_OWN void sim_eight(float to[8], UINT64 matrix, int row, int chunk) {
    UINT32 eight_rows = (UINT32) (matrix >> 32 & 0x3fff) << 4;
    UINT32 at = ((UINT32) (matrix & 0x3fff) << 4) + (UINT32) (row / 8) * eight_rows + (UINT32) (row % 8 * 128 + chunk * 16);
    at ^= (at >> 7 & 7) << 4;
    if (matrix >> 62 != 1 || (matrix >> 49 & 7) != 0 || at + 16 > sim_thread->dynamic_bytes) {
        sim_runtime->fault(719, "a matrix outside dynamic shared memory, or without the 128-byte swizzle");
    }
    const UINT16 *from = (const UINT16 *) (sim_thread->dynamic_shared + at);
    sim_use(from, 16, SIM_READ);
    for (int i = 0; i < 8; i++) {
        to[i] = sim_bf16(from[i], 0);
    }
}

SIM_OWN void sim_multiply(const SimProduct &product) {
    int g = (int) sim_lane() / 4;
    int t = (int) sim_lane() % 4;
    int first = (int) (sim_thread->number / 32 % 4) * 16;
    float x[2][16];
    for (int h = 0; h < 2; h++) {
        sim_eight(x[h], product.a, first + g + 8 * h, 0);
        sim_eight(x[h] + 8, product.a, first + g + 8 * h, 1);
    }
    for (int j = 0; j < product.columns / 8; j++) {
        for (int e = 0; e < 2; e++) {
            float y[16];
            sim_eight(y, product.b, 8 * j + 2 * t + e, 0);
            sim_eight(y + 8, product.b, 8 * j + 2 * t + e, 1);
            for (int h = 0; h < 2; h++) {
                float *sum = product.d + 4 * j + 2 * h + e;
                *sum = sim_sum(x[h], y, 16, *sum);
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
    sim_add(sim_products[sim_thread->number], SimProduct{d, a, b, 256});
}

DEVICE void commit_products(void) {
    sim_commit(sim_products[sim_thread->number]);
}

/* A warp goes on when all its lanes may. */
DEVICE void sim_await_products(unsigned count) {
    UINT32 all[32];
    sim_await(sim_products[sim_thread->number], count, sim_multiply);
    SIM_WHOLE_WARP(count, all);
}

#define AWAIT_PRODUCTS(count) sim_await_products(count)
