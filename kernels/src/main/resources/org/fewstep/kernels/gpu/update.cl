/*
 * Passes over parameters: the Adam family's step, the moving average, the norm of all gradients. Scalars that change from
 * step to step are read from their slots.
 *
 * v1: a launch a parameter, a thread an element; the gradients' squares by the tree of portable.h, a thread a block of
 * 256, all parameters' block sums in a row, then added in pairs. Bytes: Adam 7 n, average 3 n, norm n, times sizeof(REAL).
 */
#include "portable.h"

/* slots: at decay, rate, root, adaptive; clip[1] is the gradient's factor */
KERNEL void update_adam(
        int n, REAL beta1, REAL rest1, REAL beta2, REAL rest2, REAL eps, GLOBAL const REAL *decays, int decay_at,
        GLOBAL const REAL *rates, int rate_at, GLOBAL const REAL *roots, int root_at, GLOBAL const REAL *kinds,
        int kind_at, GLOBAL const REAL *clip, GLOBAL const REAL *g, GLOBAL REAL *p, GLOBAL REAL *m, GLOBAL REAL *v) {
    REAL decay = decays[decay_at];
    REAL rate = rates[rate_at];
    REAL root = roots[root_at];
    int adaptive = kinds[kind_at] != 0;
    REAL factor = clip[1];
    FOR_EACH(i, n) {
        REAL gi = factor * g[i];
        REAL mi = beta1 * m[i] + rest1 * gi;
        REAL vi = beta2 * v[i] + rest2 * gi * gi;
        m[i] = mi;
        v[i] = vi;
        p[i] = adaptive ? decay * p[i] - rate * mi / (sqrt(vi) * root + eps) : decay * p[i] - rate * mi;
    }
}

KERNEL void update_ema(
        int n, GLOBAL const REAL *decays, int decay_at, GLOBAL const REAL *source, GLOBAL REAL *average) {
    REAL decay = decays[decay_at];
    FOR_EACH(i, n) {
        average[i] = decay * average[i] + (1 - decay) * source[i];
    }
}

/* Block sums of the squares of one gradient, from place "at" on. */
KERNEL void update_square_blocks(int n, int at, GLOBAL const REAL *g, GLOBAL REAL *sums) {
    FOR_EACH(block, (n + 255) / 256) {
        GLOBAL const REAL *x = g + block * 256;
        INT64 count = n - block * 256 < 256 ? n - block * 256 : 256;
        BLOCK_SUM(sums[at + block], 0, count, x[i] * x[i]);
    }
}

/* Norm, clip factor and flag from the block sums, by one thread; sums is used up. */
KERNEL void update_norm(int blocks, GLOBAL REAL *sums, GLOBAL const REAL *limits, int limit_at, GLOBAL REAL *out) {
    if (GLOBAL_ID(0) == 0) {
        for (int step = 1; step < blocks; step *= 2) {
            for (int b = 0; b < blocks - step; b += 2 * step) {
                sums[b] += sums[b + step];
            }
        }
        REAL norm = blocks == 0 ? (REAL) 0 : sqrt(sums[0]);
        REAL factor = limits[limit_at] / (norm + R(1e-6));
        out[0] = norm;
        out[1] = factor != factor ? factor : factor < R(1.0) ? factor : R(1.0);
        out[2] = norm - norm == 0 ? (REAL) 0 : (REAL) 1;
    }
}
