/*
 * The products of matmul.cl on tensor cores, F32 in memory, CUDA alone; versions go on from those of matmul.cl.
 *
 * Operands are rounded to TF32 or BF16, sums are F32: tensor_core.h bounds the error. Every element is one chain over its k
 * in steps of 8 (TF32) or 16 (BF16), k filled up with zeros, whatever its row and the number of rows: so bits depend on
 * version, k and nothing else. A product's rows are read along k where that is how they lie ("along"), otherwise across.
 *
 * Bytes: (m k + k n + m n) 4 an item at least, each of A and B once for each 128 columns or rows of C; flops: 2 m n k.
 *
 * v5 (TF32, capability 8.0): a group of 8 warps computes 128 x 128 elements, a warp 64 x 32 by mma.m16n8k8; slices of 32 k
 *    pass through three stages of shared memory (two where there is no room for more) by asynchronous copies, 16 bytes each
 *    where rows are so aligned, otherwise 4; numbers are rounded on their way from shared memory to registers. Rows of 36 or
 *    136 numbers keep the warp's reads in 32 banks.
 * v6 (BF16, capability 8.0): as v5 by mma.m16n8k16; numbers are rounded on their way to shared memory, two stages, the
 *    next slice waits in registers meanwhile. Rows of 40 or 136 numbers keep ldmatrix in 32 banks.
 */
#include "portable.h"
#include "activation.h"
#include "matmul.h"
#include "tensor_core.h"
#include "matmul_strip.h"

#if REAL_IS_FLOAT && (BACKEND_SIMULATED || __CUDA_ARCH__ >= 800)

#define PARAMETERS                                                                                                \
    int items, int m, int n, int k, int a_item, int a_row, int a_column, int b_item, int b_row, int b_column,    \
            int activation, int biased, int kept, GLOBAL const float *a, GLOBAL const float *b,                  \
            GLOBAL const float *bias, GLOBAL float *pre, GLOBAL float *c
#define ARGUMENTS                                                                                              \
    items, m, n, k, a_item, a_row, a_column, b_item, b_row, b_column, activation, biased, kept, a, b, bias, pre, \
            c

#define SIDE 128
#define DEEP 32
#define THREADS 256
#define WARPS_ACROSS 4
#define WARP_ROWS 64
#define WARP_COLUMNS 32

/* v5's operand: 128 rows of 32 numbers along k, or 32 of 128 across. */
#define TF32_ALONG 36
#define TF32_ACROSS 136
#define TF32_OPERAND (SIDE * TF32_ALONG)

/* Begins to copy rows first .. first + 127 of k = l .. l + 31; what lies outside becomes zero. */
DEVICE void fetch_tf32(
        float *to, GLOBAL const float *from, int along, int rows, int k, int row_step, int k_step, int first, int l) {
    int wide = (along ? k : rows) % 4 == 0;
    UNROLLED
    for (int p = 0; p < SIDE * DEEP / 4 / THREADS; p++) {
        int chunk = LOCAL_ID(0) + p * THREADS;
        int i = along ? chunk / (DEEP / 4) : chunk % (SIDE / 4) * 4;
        int j = along ? chunk % (DEEP / 4) * 4 : chunk / (SIDE / 4);
        float *place = along ? to + i * TF32_ALONG + j : to + j * TF32_ACROSS + i;
        i += first;
        j += l;
        int at = i * row_step + j * k_step;
        if (wide) {
            int inside = i < rows && j < k;
            copy_16(place, inside ? from + at : from, inside);
        } else {
            UNROLLED
            for (int e = 0; e < 4; e++) {
                int inside = along ? i < rows && j + e < k : i + e < rows && j < k;
                copy_4(place + e, inside ? from + at + e : from, inside);
            }
        }
    }
}

DEVICE UINT32 tf32_at(const float *operand, int along, int row, int l) {
    return to_tf32(operand[along ? row * TF32_ALONG + l : l * TF32_ACROSS + row]);
}

/* A warp's sums over one stage. */
DEVICE void multiply_stage_tf32(
        float sums[4][4][4], const float *left, const float *right, int a_along, int b_along, int row, int column) {
    int g = LANE / 4;
    int t = LANE % 4;
    UNROLLED
    for (int l = 0; l < DEEP; l += 8) {
        UINT32 b[4][2];
        UNROLLED
        for (int s = 0; s < 4; s++) {
            b[s][0] = tf32_at(right, b_along, column + 8 * s + g, l + t);
            b[s][1] = tf32_at(right, b_along, column + 8 * s + g, l + t + 4);
        }
        UNROLLED
        for (int r = 0; r < 4; r++) {
            UINT32 a[4];
            a[0] = tf32_at(left, a_along, row + 16 * r + g, l + t);
            a[1] = tf32_at(left, a_along, row + 16 * r + g + 8, l + t);
            a[2] = tf32_at(left, a_along, row + 16 * r + g, l + t + 4);
            a[3] = tf32_at(left, a_along, row + 16 * r + g + 8, l + t + 4);
            UNROLLED
            for (int s = 0; s < 4; s++) {
                multiply_tf32(sums[r][s], a, b[s][0], b[s][1]);
            }
        }
    }
}

DEVICE void clear_sums(float sums[4][4][4]) {
    UNROLLED
    for (int r = 0; r < 4; r++) {
        UNROLLED
        for (int s = 0; s < 4; s++) {
            UNROLLED
            for (int e = 0; e < 4; e++) {
                sums[r][s][e] = 0;
            }
        }
    }
}

/* A warp's 64 x 32 elements. */
DEVICE void finish_sums(
        const float sums[4][4][4], float *strip, int item, int row, int column, int m, int n, int activation, int biased,
        int kept, GLOBAL const float *bias, GLOBAL float *pre, GLOBAL float *c) {
    UNROLLED
    for (int r = 0; r < 4; r++) {
        finish_strip(
                sums[r][0], strip, item, row + 16 * r, column, m, n, activation, biased, kept, bias, pre, c);
    }
}

/* v5: groups (rows / 128, columns / 128, items) of 256 with 2 stages TF32_OPERAND numbers of shared memory; 2 or 3 stages. */
DEVICE void matmul_tf32(int a_along, int b_along, int stages, float *shared, PARAMETERS) {
    int warp = LOCAL_ID(0) / WARP;
    int row = warp / WARPS_ACROSS * WARP_ROWS;
    int column = warp % WARPS_ACROSS * WARP_COLUMNS;
    int first_row = GROUP_ID(0) * SIDE;
    int first_column = GROUP_ID(1) * SIDE;
    int slices = (k + DEEP - 1) / DEEP;
    for (int item = GROUP_ID(2); item < items; item += GROUPS(2)) {
        GLOBAL const float *p = a + item * a_item;
        GLOBAL const float *q = b + item * b_item;
        float sums[4][4][4];
        clear_sums(sums);
        for (int fetched = 0; fetched < stages - 1; fetched++) {
            if (fetched < slices) {
                float *to = shared + fetched * 2 * TF32_OPERAND;
                fetch_tf32(to, p, a_along, m, k, a_row, a_column, first_row, fetched * DEEP);
                fetch_tf32(to + TF32_OPERAND, q, b_along, n, k, b_column, b_row, first_column, fetched * DEEP);
            }
            commit_copies();
        }
        for (int slice = 0; slice < slices; slice++) {
            if (stages == 3) {
                AWAIT_COPIES(1);
            } else {
                AWAIT_COPIES(0);
            }
            /* Now everybody's part of this slice is there, and nobody reads the stage of the last one any more. */
            BARRIER();
            int next = slice + stages - 1;
            if (next < slices) {
                float *to = shared + next % stages * 2 * TF32_OPERAND;
                fetch_tf32(to, p, a_along, m, k, a_row, a_column, first_row, next * DEEP);
                fetch_tf32(to + TF32_OPERAND, q, b_along, n, k, b_column, b_row, first_column, next * DEEP);
            }
            commit_copies();
            const float *stage = shared + slice % stages * 2 * TF32_OPERAND;
            multiply_stage_tf32(sums, stage, stage + TF32_OPERAND, a_along, b_along, row, column);
        }
        AWAIT_COPIES(0);
        BARRIER();
        finish_sums(
                sums, shared + warp * STRIP, item, first_row + row, first_column + column, m, n, activation, biased, kept,
                bias, pre, c);
        BARRIER();
    }
}

/* v6's operand: 128 rows of 32 numbers along k, or 32 of 128 across. */
#define BF16_ALONG 40
#define BF16_ACROSS 136
#define BF16_OPERAND (SIDE * BF16_ALONG)

/* Reads this thread's part of rows first .. first + 127 of k = l .. l + 31; what lies outside is zero. */
DEVICE void read_slice(
        float part[4][4], GLOBAL const float *from, int along, int rows, int k, int row_step, int k_step, int first,
        int l) {
    int wide = (along ? k : rows) % 4 == 0;
    UNROLLED
    for (int p = 0; p < SIDE * DEEP / 4 / THREADS; p++) {
        int chunk = LOCAL_ID(0) + p * THREADS;
        int i = first + (along ? chunk / (DEEP / 4) : chunk % (SIDE / 4) * 4);
        int j = l + (along ? chunk % (DEEP / 4) * 4 : chunk / (SIDE / 4));
        GLOBAL const float *place = from + i * row_step + j * k_step;
        if (wide) {
            float4 four = make_float4(0, 0, 0, 0);
            if (i < rows && j < k) {
                four = *(GLOBAL const float4 *) place;
            }
            part[p][0] = four.x;
            part[p][1] = four.y;
            part[p][2] = four.z;
            part[p][3] = four.w;
        } else {
            UNROLLED
            for (int e = 0; e < 4; e++) {
                int inside = along ? i < rows && j + e < k : i + e < rows && j < k;
                part[p][e] = inside ? place[e] : 0;
            }
        }
    }
}

DEVICE void round_slice(UINT16 *to, const float part[4][4], int along) {
    UNROLLED
    for (int p = 0; p < SIDE * DEEP / 4 / THREADS; p++) {
        int chunk = LOCAL_ID(0) + p * THREADS;
        int at = along ? chunk / (DEEP / 4) * BF16_ALONG + chunk % (DEEP / 4) * 4
                       : chunk / (SIDE / 4) * BF16_ACROSS + chunk % (SIDE / 4) * 4;
        *(uint2 *) (to + at) = make_uint2(two_bf16(part[p][0], part[p][1]), two_bf16(part[p][2], part[p][3]));
    }
}

DEVICE void multiply_stage_bf16(
        float sums[4][4][4], const UINT16 *left, const UINT16 *right, int a_along, int b_along, int row, int column) {
    UNROLLED
    for (int l = 0; l < DEEP; l += 16) {
        UINT32 b[2][4];
        load_right(b[0], right, b_along ? BF16_ALONG : BF16_ACROSS, b_along, column, l);
        load_right(b[1], right, b_along ? BF16_ALONG : BF16_ACROSS, b_along, column + 16, l);
        UNROLLED
        for (int r = 0; r < 4; r++) {
            UINT32 a[4];
            load_left(a, left, a_along ? BF16_ALONG : BF16_ACROSS, a_along, row + 16 * r, l);
            UNROLLED
            for (int s = 0; s < 4; s++) {
                multiply_bf16(sums[r][s], a, b[s / 2][s % 2 * 2], b[s / 2][s % 2 * 2 + 1]);
            }
        }
    }
}

/* v6: groups (rows / 128, columns / 128, items) of 256. */
DEVICE void matmul_bf16(int a_along, int b_along, UINT16 *shared, PARAMETERS) {
    int warp = LOCAL_ID(0) / WARP;
    int row = warp / WARPS_ACROSS * WARP_ROWS;
    int column = warp % WARPS_ACROSS * WARP_COLUMNS;
    int first_row = GROUP_ID(0) * SIDE;
    int first_column = GROUP_ID(1) * SIDE;
    int slices = (k + DEEP - 1) / DEEP;
    for (int item = GROUP_ID(2); item < items; item += GROUPS(2)) {
        GLOBAL const float *p = a + item * a_item;
        GLOBAL const float *q = b + item * b_item;
        float sums[4][4][4];
        float left[4][4];
        float right[4][4];
        clear_sums(sums);
        for (int slice = -1; slice < slices; slice++) {
            BARRIER();
            int next = slice + 1;
            if (next < slices) {
                read_slice(left, p, a_along, m, k, a_row, a_column, first_row, next * DEEP);
                read_slice(right, q, b_along, n, k, b_column, b_row, first_column, next * DEEP);
            }
            if (slice >= 0) {
                const UINT16 *stage = shared + slice % 2 * 2 * BF16_OPERAND;
                multiply_stage_bf16(sums, stage, stage + BF16_OPERAND, a_along, b_along, row, column);
            }
            if (next < slices) {
                UINT16 *stage = shared + next % 2 * 2 * BF16_OPERAND;
                round_slice(stage, left, a_along);
                round_slice(stage + BF16_OPERAND, right, b_along);
            }
        }
        BARRIER();
        finish_sums(
                sums, (float *) shared + warp * STRIP, item, first_row + row, first_column + column, m, n, activation,
                biased, kept, bias, pre, c);
    }
}

/* A version's four kernels: each of A and B along k (l) or across (x). */
#define TF32_KERNEL(name, a_along, b_along)                               \
    KERNEL BOUNDS(THREADS, 1) void name(PARAMETERS, int stages) {         \
        DYNAMIC_SHARED(float, shared);                                    \
        matmul_tf32(a_along, b_along, stages, shared, ARGUMENTS);         \
    }
#define BF16_KERNEL(name, a_along, b_along)                               \
    KERNEL BOUNDS(THREADS, 1) void name(PARAMETERS) {                     \
        SHARED_ARRAY(UINT64, shared, BF16_OPERAND);                       \
        matmul_bf16(a_along, b_along, (UINT16 *) shared, ARGUMENTS);      \
    }

TF32_KERNEL(matmul_tf32_ll, 1, 1)
TF32_KERNEL(matmul_tf32_lx, 1, 0)
TF32_KERNEL(matmul_tf32_xl, 0, 1)
TF32_KERNEL(matmul_tf32_xx, 0, 0)
BF16_KERNEL(matmul_bf16_ll, 1, 1)
BF16_KERNEL(matmul_bf16_lx, 1, 0)
BF16_KERNEL(matmul_bf16_xl, 0, 1)
BF16_KERNEL(matmul_bf16_xx, 0, 0)

#endif
