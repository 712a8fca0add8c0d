/*
 * Reduction over the middle axis of (outer, n, inner) to (outer, inner).
 *
 * v1: a thread reduces a block of 256 numbers of one column, a second kernel combines the blocks' results in pairs. Sums
 * have the tree of portable.h, so they have the CPU's bits. With inner = 1 neighbouring threads read numbers 256 apart.
 *
 * Bytes: outer n inner sizeof(REAL); flops: 1 a number, 2 for squares.
 */
#include "portable.h"

#define SUM_BLOCK 256
#define SUM_LANES 16

/* partial (outer, blocks, inner) */
#define SUM_BLOCKS(NAME, TERM)                                                                                       \
    KERNEL void NAME(int outer, int n, int inner, int blocks, GLOBAL const REAL *in, GLOBAL REAL *partial) {         \
        FOR_EACH(e, (INT64) outer * blocks * inner) {                                                                \
            int j = (int) (e % inner);                                                                               \
            int block = (int) (e / inner % blocks);                                                                  \
            int o = (int) (e / inner / blocks);                                                                      \
            int first = block * SUM_BLOCK;                                                                           \
            int count = n - first < SUM_BLOCK ? n - first : SUM_BLOCK;                                               \
            GLOBAL const REAL *from = in + ((INT64) o * n + first) * inner + j;                                      \
            REAL lane[SUM_LANES];                                                                                    \
            for (int l = 0; l < SUM_LANES; l++) {                                                                    \
                lane[l] = 0;                                                                                         \
            }                                                                                                        \
            for (int line = 0; line < count; line += SUM_LANES) {                                                    \
                for (int l = 0; l < SUM_LANES; l++) {                                                                \
                    if (line + l < count) {                                                                          \
                        REAL x = from[(line + l) * inner];                                                           \
                        lane[l] += TERM;                                                                             \
                    }                                                                                                \
                }                                                                                                    \
            }                                                                                                        \
            for (int apart = SUM_LANES / 2; apart > 0; apart /= 2) {                                                    \
                for (int l = 0; l < apart; l++) {                                                                     \
                    lane[l] += lane[l + apart];                                                                       \
                }                                                                                                    \
            }                                                                                                        \
            partial[e] = lane[0];                                                                                    \
        }                                                                                                            \
    }

SUM_BLOCKS(sum_blocks, x)
SUM_BLOCKS(sum_squares_blocks, x *x)

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

DEVICE REAL greatest(REAL x, REAL y) {
    return x != x || y != y ? x + y : x > y ? x : y;
}

KERNEL void max_all(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL const REAL *from = in + e / inner * n * inner + e % inner;
        REAL most = from[0];
        for (int i = 1; i < n; i++) {
            most = greatest(most, from[i * inner]);
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
