/*
 * C = f(A B + bias) for each item of a batch: C (m, n), A (m, k), B (k, n), each of A and B maybe stored turned.
 *
 * Element (i, l) of A stands at item * a_item + i * a_row + l * a_column, (l, j) of B at item * b_item + l * b_row +
 * j * b_column, (i, j) of C at (item * m + i) * n + j. Every element is one chain of fma in the order of l, then the bias
 * is added and the activation applied: all versions give the same bits.
 *
 * Bytes: (m k + k n + m n) sizeof(REAL) an item at least; flops: 2 m n k an item.
 *
 * v1 (naive): a thread an element.
 * v2 (tiles): a group of 16 x 16 threads computes 16 x 16 elements; slices of 16 k of A and B pass through shared memory.
 * v3 (blocks): as v2 for 64 x 64 elements, 4 x 4 a thread in registers.
 * v4 (strips, OpenCL): a thread computes 8 rows of 2 vectors of 16; for processors whose vectors are wide and whose
 *    shared memory is main memory. B must not be turned (it is copied before); what is left of m and n goes to v1 by its
 *    first row and column.
 */
#include "portable.h"
#include "activation.h"
#include "matmul.h"

/* v1: elements (i, j) with i >= first_row or j >= first_column; both 0 for all. */
KERNEL void matmul_naive(
        int items, int m, int n, int k, int a_item, int a_row, int a_column, int b_item, int b_row, int b_column,
        int activation, int biased, int kept, GLOBAL const REAL *a, GLOBAL const REAL *b, GLOBAL const REAL *bias,
        GLOBAL REAL *pre, GLOBAL REAL *c, int first_row, int first_column) {
    FOR_EACH(e, (INT64) items * m * n) {
        int j = (int) (e % n);
        int i = (int) (e / n % m);
        int item = (int) (e / n / m);
        if (i < first_row && j < first_column) {
            continue;
        }
        int p = item * a_item + i * a_row;
        int q = item * b_item + j * b_column;
        REAL sum = 0;
        for (int l = 0; l < k; l++) {
            sum = fma(a[p + l * a_column], b[q + l * b_row], sum);
        }
        finish(sum, (int) e, j, activation, biased, kept, bias, pre, c);
    }
}

#define TILE 16

/* v2: groups (rows / 16, columns / 16, items) of (16, 16); CUDA takes 2^31 groups of the first dimension alone. */
KERNEL void matmul_tiles(
        int items, int m, int n, int k, int a_item, int a_row, int a_column, int b_item, int b_row, int b_column,
        int activation, int biased, int kept, GLOBAL const REAL *a, GLOBAL const REAL *b, GLOBAL const REAL *bias,
        GLOBAL REAL *pre, GLOBAL REAL *c) {
    SHARED_ARRAY(REAL, left, TILE * TILE);
    SHARED_ARRAY(REAL, right, TILE * TILE);
    int x = LOCAL_ID(0);
    int y = LOCAL_ID(1);
    int i = GROUP_ID(0) * TILE + y;
    int j = GROUP_ID(1) * TILE + x;
    for (int item = GROUP_ID(2); item < items; item += GROUPS(2)) {
        REAL sum = 0;
        for (int l0 = 0; l0 < k; l0 += TILE) {
            BARRIER();
            left[y * TILE + x] = i < m && l0 + x < k ? a[item * a_item + i * a_row + (l0 + x) * a_column] : 0;
            right[y * TILE + x] = j < n && l0 + y < k ? b[item * b_item + (l0 + y) * b_row + j * b_column] : 0;
            BARRIER();
            int end = k - l0 < TILE ? k - l0 : TILE;
            for (int l = 0; l < end; l++) {
                sum = fma(left[y * TILE + l], right[l * TILE + x], sum);
            }
        }
        if (i < m && j < n) {
            finish(sum, (item * m + i) * n + j, j, activation, biased, kept, bias, pre, c);
        }
    }
}

#define BLOCK 64
#define DEEP 16
#define EACH 4

/* v3: groups (rows / 64, columns / 64, items) of (16, 16). */
KERNEL void matmul_blocks(
        int items, int m, int n, int k, int a_item, int a_row, int a_column, int b_item, int b_row, int b_column,
        int activation, int biased, int kept, GLOBAL const REAL *a, GLOBAL const REAL *b, GLOBAL const REAL *bias,
        GLOBAL REAL *pre, GLOBAL REAL *c) {
    SHARED_ARRAY(REAL, left, DEEP * BLOCK);
    SHARED_ARRAY(REAL, right, DEEP * BLOCK);
    int x = LOCAL_ID(0);
    int y = LOCAL_ID(1);
    int thread = y * TILE + x;
    int first_row = GROUP_ID(0) * BLOCK;
    int first_column = GROUP_ID(1) * BLOCK;
    for (int item = GROUP_ID(2); item < items; item += GROUPS(2)) {
        REAL sum[EACH][EACH];
        for (int r = 0; r < EACH; r++) {
            for (int s = 0; s < EACH; s++) {
                sum[r][s] = 0;
            }
        }
        for (int l0 = 0; l0 < k; l0 += DEEP) {
            BARRIER();
            for (int e = thread; e < DEEP * BLOCK; e += TILE * TILE) {
                /* Neighbouring threads read neighbouring numbers, whichever way the operand is stored. */
                int al = a_column == 1 ? e % DEEP : e / BLOCK;
                int ai = a_column == 1 ? e / DEEP : e % BLOCK;
                int bl = b_column == 1 ? e / BLOCK : e % DEEP;
                int bj = b_column == 1 ? e % BLOCK : e / DEEP;
                int i = first_row + ai;
                int j = first_column + bj;
                left[al * BLOCK + ai] =
                        i < m && l0 + al < k ? a[item * a_item + i * a_row + (l0 + al) * a_column] : 0;
                right[bl * BLOCK + bj] =
                        j < n && l0 + bl < k ? b[item * b_item + (l0 + bl) * b_row + j * b_column] : 0;
            }
            BARRIER();
            int end = k - l0 < DEEP ? k - l0 : DEEP;
            for (int l = 0; l < end; l++) {
                REAL p[EACH];
                REAL q[EACH];
                for (int r = 0; r < EACH; r++) {
                    p[r] = left[l * BLOCK + r * TILE + y];
                    q[r] = right[l * BLOCK + r * TILE + x];
                }
                for (int r = 0; r < EACH; r++) {
                    for (int s = 0; s < EACH; s++) {
                        sum[r][s] = fma(p[r], q[s], sum[r][s]);
                    }
                }
            }
        }
        for (int r = 0; r < EACH; r++) {
            for (int s = 0; s < EACH; s++) {
                int i = first_row + r * TILE + y;
                int j = first_column + s * TILE + x;
                if (i < m && j < n) {
                    finish(sum[r][s], (item * m + i) * n + j, j, activation, biased, kept, bias, pre, c);
                }
            }
        }
    }
}

#if BACKEND_OPENCL
#if REAL_IS_FLOAT
#define REAL16 float16
#else
#define REAL16 double16
#endif
#define STRIP_ROWS 8
#define STRIP_COLUMNS 32

DEVICE void finish16(
        REAL16 sum, int at, int column, int activation, int biased, int kept, GLOBAL const REAL *bias, GLOBAL REAL *pre,
        GLOBAL REAL *c) {
    if (biased) {
        sum += vload16(0, bias + column);
    }
    if (kept) {
        vstore16(sum, 0, pre + at);
    }
    if (activation == 0) {
        vstore16(sum, 0, c + at);
        return;
    }
    REAL each[16];
    vstore16(sum, 0, each);
    for (int s = 0; s < 16; s++) {
        c[at + s] = finished(each[s], activation);
    }
}

/* v4: thread (column strip, row strip, item); whole strips alone. */
KERNEL void matmul_strips(
        int items, int m, int n, int k, int a_item, int a_row, int a_column, int b_item, int b_row, int b_column,
        int activation, int biased, int kept, GLOBAL const REAL *a, GLOBAL const REAL *b, GLOBAL const REAL *bias,
        GLOBAL REAL *pre, GLOBAL REAL *c) {
    int j = GROUP_ID(0) * STRIP_COLUMNS;
    int i = GROUP_ID(1) * STRIP_ROWS;
    int item = GROUP_ID(2);
    GLOBAL const REAL *p = a + item * a_item + i * a_row;
    GLOBAL const REAL *q = b + item * b_item + j;
    REAL16 low[STRIP_ROWS];
    REAL16 high[STRIP_ROWS];
    for (int r = 0; r < STRIP_ROWS; r++) {
        low[r] = (REAL16) (0);
        high[r] = (REAL16) (0);
    }
    for (int l = 0; l < k; l++) {
        REAL16 b0 = vload16(0, q + l * b_row);
        REAL16 b1 = vload16(1, q + l * b_row);
        for (int r = 0; r < STRIP_ROWS; r++) {
            REAL16 factor = (REAL16) (p[r * a_row + l * a_column]);
            low[r] = fma(factor, b0, low[r]);
            high[r] = fma(factor, b1, high[r]);
        }
    }
    for (int r = 0; r < STRIP_ROWS; r++) {
        int at = (item * m + i + r) * n + j;
        finish16(low[r], at, j, activation, biased, kept, bias, pre, c);
        finish16(high[r], at + 16, j + 16, activation, biased, kept, bias, pre, c);
    }
}
#endif
