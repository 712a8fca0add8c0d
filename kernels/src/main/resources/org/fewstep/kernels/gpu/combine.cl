/*
 * Weighted sum of up to 8 blocks: y[i] = c0 x0[i] + c1 x1[i] + ..., one chain of fma in the order of the terms. y may be
 * one of the inputs: a thread writes the place that it alone has read.
 *
 * v1: a number a turn and thread. Bytes: (terms + 1) n sizeof(REAL); flops: 2 terms - 1 a number.
 */
#include "portable.h"

/* Of inputs from "terms" on nothing is read. */
KERNEL void combine(
        int n, int terms, REAL c0, REAL c1, REAL c2, REAL c3, REAL c4, REAL c5, REAL c6, REAL c7, GLOBAL const REAL *x0,
        GLOBAL const REAL *x1, GLOBAL const REAL *x2, GLOBAL const REAL *x3, GLOBAL const REAL *x4,
        GLOBAL const REAL *x5, GLOBAL const REAL *x6, GLOBAL const REAL *x7, GLOBAL REAL *y) {
    FOR_EACH(i, n) {
        REAL sum = c0 * x0[i];
        sum = terms > 1 ? fma(c1, x1[i], sum) : sum;
        sum = terms > 2 ? fma(c2, x2[i], sum) : sum;
        sum = terms > 3 ? fma(c3, x3[i], sum) : sum;
        sum = terms > 4 ? fma(c4, x4[i], sum) : sum;
        sum = terms > 5 ? fma(c5, x5[i], sum) : sum;
        sum = terms > 6 ? fma(c6, x6[i], sum) : sum;
        sum = terms > 7 ? fma(c7, x7[i], sum) : sum;
        y[i] = sum;
    }
}
