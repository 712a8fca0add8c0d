/*
 * The products of matmul.cl by warpgroups in BF16, F32 in memory, CUDA sm_90a alone.
 *
 * v7: both operands are first rounded and packed (matmul_pack) into tiles of 128 rows of A or 256 columns of B by 64 k, each
 *    the very bytes that the tensor cores want in shared memory: rows of 128 bytes, eight chunks of 16 bytes swizzled, zeros
 *    beyond the edges. So one bulk copy of 16 or 32 KiB brings a tile, without a tensor map. Then as many groups as there
 *    are units walk over tiles of 128 x 256 elements (matmul_warpgroups), in bands of 16 tiles of rows, so that what runs
 *    at once reads few tiles. In a group one thread of the first warpgroup starts the copies, four stages ahead; each of
 *    two warpgroups computes 64 x 256 elements by wgmma m64n256k16 and keeps one slice of 64 k in flight.
 *
 * Every element is one chain over its k in steps of 16, as in v6 of matmul_tensor.cl; tensor_core.h bounds the error.
 *
 * Bytes: packing (m k + k n) (4 + 2) an item, then (m k + k n) 2 + m n 4 at least; flops: 2 m n k an item.
 */
#include "portable.h"
#include "activation.h"
#include "matmul.h"
#include "tensor_core.h"
#include "matmul_strip.h"
#include "warpgroup.h"

#if REAL_IS_FLOAT && __CUDA_ARCH_FEAT_SM90_ALL

#define DEEP 64
#define ROWS 128
#define COLUMNS 256
#define STAGES 4
#define LEFT (ROWS * DEEP)
#define RIGHT (COLUMNS * DEEP)
#define STAGE (LEFT + RIGHT)
#define GROUP_ROWS 64
#define CONSUMER_WARPS 8
#define BAND 16

#define SQUARE 64
#define PACKERS 256
#define SQUARE_PITCH (SQUARE + 1)

/* Groups (row strips of 64 times slices of 64 k, 1, items) of 256; "side" rows a tile. */
KERNEL BOUNDS(PACKERS, 4) void matmul_pack(
        int items, int rows, int k, int item_step, int row_step, int k_step, int side, GLOBAL const float *from,
        GLOBAL UINT16 *to) {
    SHARED_ARRAY(float, square, SQUARE * SQUARE_PITCH);
    int slices = (k + DEEP - 1) / DEEP;
    int tiles = (rows + side - 1) / side;
    int slice = GROUP_ID(0) % slices;
    int first = GROUP_ID(0) / slices * SQUARE;
    /* Neighbouring threads read neighbouring numbers, whichever way the operand is stored. */
    int along = k_step == 1;
    int sooner = LOCAL_ID(0) % SQUARE;
    int later = LOCAL_ID(0) / SQUARE;
    for (int item = GROUP_ID(2); item < items; item += GROUPS(2)) {
        BARRIER();
        UNROLLED
        for (int p = 0; p < SQUARE; p += PACKERS / SQUARE) {
            int r = along ? later + p : sooner;
            int l = along ? sooner : later + p;
            int i = first + r;
            int j = slice * DEEP + l;
            square[r * SQUARE_PITCH + l] =
                    i < rows && j < k ? from[item * item_step + i * row_step + j * k_step] : 0;
        }
        BARRIER();
        UNROLLED
        for (int p = 0; p < SQUARE * SQUARE / 8 / PACKERS; p++) {
            int e = LOCAL_ID(0) + p * PACKERS;
            int r = e / 8;
            int chunk = e % 8;
            const float *eight = square + r * SQUARE_PITCH + chunk * 8;
            int row = first + r;
            INT64 tile = ((INT64) item * tiles + row / side) * slices + slice;
            *(GLOBAL uint4 *) (to + (tile * side + row % side) * DEEP + (chunk ^ (row % 8)) * 8) = make_uint4(
                    two_bf16(eight[0], eight[1]), two_bf16(eight[2], eight[3]), two_bf16(eight[4], eight[5]),
                    two_bf16(eight[6], eight[7]));
        }
    }
}

/* A tile of C. */
typedef struct {
    int item;
    int row;
    int column;
} Tile;

/* The tile of that number: down a band of rows, then to the next column. */
DEVICE Tile tile_of(int number, int row_tiles, int column_tiles) {
    Tile tile;
    tile.item = number / (row_tiles * column_tiles);
    int rest = number % (row_tiles * column_tiles);
    int first = rest / (BAND * column_tiles) * BAND;
    int height = row_tiles - first < BAND ? row_tiles - first : BAND;
    rest -= first * column_tiles;
    tile.row = first + rest % height;
    tile.column = rest / height;
    return tile;
}

/* A place in the ring of stages; turn is the parity of the round. */
typedef struct {
    int stage;
    UINT32 turn;
} Ring;

DEVICE Ring next_of(Ring ring) {
    ring.stage++;
    if (ring.stage == STAGES) {
        ring.stage = 0;
        ring.turn ^= 1;
    }
    return ring;
}

/* One thread: fills stage after stage with the slices of this group's tiles, once each is free. */
DEVICE void produce(
        int tiles, int row_tiles, int column_tiles, int slices, int a_items, int b_items, GLOBAL const UINT16 *a,
        GLOBAL const UINT16 *b, UINT16 *stages, UINT64 *full, UINT64 *free) {
    Ring ring = {0, 0};
    for (int number = GROUP_ID(0); number < tiles; number += GROUPS(0)) {
        Tile tile = tile_of(number, row_tiles, column_tiles);
        INT64 left = ((INT64) (a_items > 1 ? tile.item : 0) * row_tiles + tile.row) * slices;
        INT64 right = ((INT64) (b_items > 1 ? tile.item : 0) * column_tiles + tile.column) * slices;
        for (int slice = 0; slice < slices; slice++) {
            UINT16 *stage = stages + ring.stage * STAGE;
            await_phase(free + ring.stage, ring.turn ^ 1);
            arrive_expecting(full + ring.stage, STAGE * sizeof(UINT16));
            copy_bulk(stage, a + (left + slice) * LEFT, LEFT * sizeof(UINT16), full + ring.stage);
            copy_bulk(stage + LEFT, b + (right + slice) * RIGHT, RIGHT * sizeof(UINT16), full + ring.stage);
            ring = next_of(ring);
        }
    }
}

/* A warpgroup's 64 x 256 sums over the next slices; its warps give each stage back when no product reads it any more. */
DEVICE Ring consume(
        float sums[128], int slices, int row, Ring ring, const UINT16 *stages, UINT64 *full, UINT64 *free) {
    int last = 0;
    UNROLLED
    for (int e = 0; e < 128; e++) {
        sums[e] = 0;
    }
    ROLLED
    for (int slice = 0; slice < slices; slice++) {
        const UINT16 *left = stages + ring.stage * STAGE + row * DEEP;
        const UINT16 *right = stages + ring.stage * STAGE + LEFT;
        await_phase(full + ring.stage, ring.turn);
        order_registers();
        UNROLLED
        for (int l = 0; l < DEEP; l += 16) {
            multiply_group_256(sums, matrix_at(left + l), matrix_at(right + l));
        }
        commit_products();
        AWAIT_PRODUCTS(1);
        if (slice > 0 && LANE == 0) {
            arrive(free + last);
        }
        last = ring.stage;
        ring = next_of(ring);
    }
    AWAIT_PRODUCTS(0);
    if (slices > 0 && LANE == 0) {
        arrive(free + last);
    }
    return ring;
}

/*
 * Groups (as many as run at once) of 384, with 1,024 + 4 STAGE UINT16 + 8 STRIP float + 8 UINT64 bytes of shared memory; a
 * and b packed, of a_items and b_items items, 1 or all.
 */
KERNEL BOUNDS(3 * WARPGROUP, 1) void matmul_warpgroups(
        int items, int m, int n, int k, int a_items, int b_items, int activation, int biased, int kept,
        GLOBAL const UINT16 *a, GLOBAL const UINT16 *b, GLOBAL const float *bias, GLOBAL float *pre, GLOBAL float *c) {
    DYNAMIC_SHARED(UINT16, shared);
    UINT16 *stages = shared + (1024 - shared_address(shared) % 1024) % 1024 / sizeof(UINT16);
    float *strips = (float *) (stages + STAGES * STAGE);
    UINT64 *full = (UINT64 *) (strips + CONSUMER_WARPS * STRIP);
    UINT64 *free = full + STAGES;
    int slices = (k + DEEP - 1) / DEEP;
    int row_tiles = (m + ROWS - 1) / ROWS;
    int column_tiles = (n + COLUMNS - 1) / COLUMNS;
    int tiles = items * row_tiles * column_tiles;
    if (LOCAL_ID(0) == 0) {
        for (int s = 0; s < STAGES; s++) {
            make_barrier(full + s, 1);
            make_barrier(free + s, CONSUMER_WARPS);
        }
        open_barriers();
    }
    BARRIER();
    if (LOCAL_ID(0) < WARPGROUP) {
        FEWER_REGISTERS(40);
        if (LOCAL_ID(0) == 0) {
            produce(tiles, row_tiles, column_tiles, slices, a_items, b_items, a, b, stages, full, free);
        }
    } else {
        MORE_REGISTERS(232);
        int group = LOCAL_ID(0) / WARPGROUP - 1;
        int warp = LOCAL_ID(0) / WARP - WARPGROUP / WARP;
        Ring ring = {0, 0};
        for (int number = GROUP_ID(0); number < tiles; number += GROUPS(0)) {
            Tile tile = tile_of(number, row_tiles, column_tiles);
            float sums[128];
            ring = consume(sums, slices, group * GROUP_ROWS, ring, stages, full, free);
            UNROLLED
            for (int s = 0; s < 8; s++) {
                finish_strip(
                        sums + 16 * s, strips + warp * STRIP, tile.item, tile.row * ROWS + warp * 16,
                        tile.column * COLUMNS + 32 * s, m, n, activation, biased, kept, bias, pre, c);
            }
        }
    }
}

#endif
