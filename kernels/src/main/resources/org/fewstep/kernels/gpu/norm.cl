/*
 * Layer and RMS normalisation of rows, the derivative along g, and r = 1 / sqrt(variance + eps).
 *
 * v1: a thread a row, sums by the tree of portable.h. Bytes: 2 rows n sizeof(REAL), 3 with g; the row is read from cache
 * three to five times. Flops: about 8 a number.
 */
#include "portable.h"
#include "norm.h"

KERNEL void norm_value(int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        for (int i = 0; i < n; i++) {
            out[row * n + i] = (in[i] - mean) * r;
        }
    }
}

KERNEL void norm_rstd(int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        out[row] = row_rstd(in, row_mean(in, n, centred), n, eps);
    }
}

/* J g = r (g - mean(g) - y mean(y g)) */
KERNEL void norm_along(
        int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        REAL mean_g = row_mean(g, n, centred);
        REAL mean_yg;
        TREE_SUM(mean_yg, n, (in[i] - mean) * g[i]);
        mean_yg = mean_yg / n * r;
        for (int i = 0; i < n; i++) {
            out[row * n + i] = r * (g[i] - mean_g - (in[i] - mean) * r * mean_yg);
        }
    }
}
