/*
 * Softmax of rows, its logarithm, and J g = y (g - sum(y g)).
 *
 * v1: a thread a row, sums by the tree of portable.h. Bytes: 2 rows n sizeof(REAL), 3 for ALONG; the row is read from
 * cache three times. Flops: about 4 a number.
 */
#include "portable.h"

DEVICE REAL row_max(GLOBAL const REAL *x, int n) {
    REAL most = x[0];
    for (int i = 1; i < n; i++) {
        most = greater_of(most, x[i]);
    }
    return most;
}

KERNEL void softmax_forward(int rows, int n, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL REAL *y = out + row * n;
        REAL most = row_max(in, n);
        for (int i = 0; i < n; i++) {
            y[i] = exp(in[i] - most);
        }
        REAL sum;
        TREE_SUM(sum, n, y[i]);
        for (int i = 0; i < n; i++) {
            y[i] = y[i] / sum;
        }
    }
}

KERNEL void softmax_log(int rows, int n, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL REAL *y = out + row * n;
        REAL most = row_max(in, n);
        REAL sum;
        TREE_SUM(sum, n, exp(in[i] - most));
        sum = log(sum);
        for (int i = 0; i < n; i++) {
            y[i] = in[i] - most - sum;
        }
    }
}

KERNEL void softmax_along(int rows, int n, GLOBAL const REAL *s, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *p = s + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL dot;
        TREE_SUM(dot, n, p[i] * g[i]);
        for (int i = 0; i < n; i++) {
            out[row * n + i] = p[i] * (g[i] - dot);
        }
    }
}
