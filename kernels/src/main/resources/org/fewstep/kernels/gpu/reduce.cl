/*
 * Reduction over the middle axis of (outer, n, inner) to (outer, inner).
 *
 * v1: a thread reduces a block of 256 numbers of one column, a second kernel combines the blocks' results in pairs. Sums
 * have the tree of portable.h, so they have the CPU's bits. With inner = 1 neighbouring threads read numbers 256 apart.
 *
 * Bytes: outer n inner sizeof(REAL); flops: 1 a number, 2 for squares.
 */
#include "portable.h"

/* partial (outer, blocks, inner) */
#define SUM_BLOCKS(NAME, TERM)                                                                               \
    KERNEL void NAME(int outer, int n, int inner, int blocks, GLOBAL const REAL *in, GLOBAL REAL *partial) { \
        FOR_EACH(e, (INT64) outer * blocks * inner) {                                                        \
            int block = (int) (e / inner % blocks);                                                          \
            INT64 o = e / inner / blocks;                                                                    \
            int from = block * SUM_BLOCK;                                                                    \
            int count = n - from < SUM_BLOCK ? n - from : SUM_BLOCK;                                         \
            GLOBAL const REAL *x = in + (o * n + from) * inner + e % inner;                                  \
            BLOCK_SUM(partial[e], 0, count, TERM);                                                           \
        }                                                                                                    \
    }

SUM_BLOCKS(sum_blocks, x[i * inner])
SUM_BLOCKS(sum_squares_blocks, x[i * inner] * x[i * inner])

/* out (outer, inner) = scale times the sum of the blocks, in pairs; partial is used up. */
KERNEL void sum_pairs(int outer, int blocks, int inner, REAL scale, GLOBAL REAL *partial, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL REAL *p = partial + e / inner * blocks * inner + e % inner;
        for (int step = 1; step < blocks; step *= 2) {
            for (int b = 0; b < blocks - step; b += 2 * step) {
                p[b * inner] += p[(b + step) * inner];
            }
        }
        out[e] = scale * p[0];
    }
}

KERNEL void max_all(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL const REAL *from = in + e / inner * n * inner + e % inner;
        REAL most = from[0];
        for (int i = 1; i < n; i++) {
            most = greater_of(most, from[i * inner]);
        }
        out[e] = most;
    }
}

/* The first of equals, the first NaN if there is one. */
KERNEL void arg_max_all(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL int *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL const REAL *from = in + e / inner * n * inner + e % inner;
        REAL most = from[0];
        int best = 0;
        for (int i = 1; i < n && most == most; i++) {
            REAL x = from[i * inner];
            if (x > most || x != x) {
                most = x;
                best = i;
            }
        }
        out[e] = best;
    }
}
