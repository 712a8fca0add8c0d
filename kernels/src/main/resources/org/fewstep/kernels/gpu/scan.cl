/*
 * Running sums along the middle axis of (outer, n, inner), numbers added one after the other.
 *
 * v1: a thread a column. Bytes: 2 outer n inner sizeof(REAL); flops: 1 a number.
 */
#include "portable.h"

KERNEL void scan_sum(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        INT64 at = e / inner * n * inner + e % inner;
        REAL sum = 0;
        for (int i = 0; i < n; i++) {
            sum = i == 0 ? in[at] : sum + in[at];
            out[at] = sum;
            at += inner;
        }
    }
}

KERNEL void scan_sum_reversed(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        INT64 at = (e / inner * n + n - 1) * inner + e % inner;
        REAL sum = 0;
        for (int i = 0; i < n; i++) {
            sum = i == 0 ? in[at] : sum + in[at];
            out[at] = sum;
            at -= inner;
        }
    }
}
