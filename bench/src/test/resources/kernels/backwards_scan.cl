// A thread a column, as the shipped kernel, with the running sum in a register.
//
// family: scan
// kernel: backwards in place of scan_sum_reversed
// groups: outer * inner / 16
// threads: 16
#include "portable.h"

KERNEL void backwards(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    INT64 column = GLOBAL_ID(0);
    if (column >= (INT64) outer * inner) {
        return;
    }
    INT64 at = column / inner * n * inner + column % inner + (INT64) (n - 1) * inner;
    REAL sum = 0;
    for (int i = 0; i < n; i++) {
        sum += in[at];
        out[at] = sum;
        at -= inner;
    }
}
