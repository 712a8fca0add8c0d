/*
 * Rows of a table by index, and rows added to a table by index.
 *
 * An index outside the table picks NaN and adds nothing: a kernel must not read or write beside its operands.
 *
 * v1: a thread an element of the result; SCATTER_ADD looks through all indices, so that numbers are added in their order.
 * Bytes: 2 count width sizeof(REAL) for PICK; tableRows count 4 + (count + tableRows) width sizeof(REAL) for the sums.
 */
#include "portable.h"

KERNEL void gather_pick(
        int table_rows, int count, int width, GLOBAL const int *index, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) count * width) {
        int row = index[e / width];
        if (row >= 0 && row < table_rows) {
            out[e] = in[(INT64) row * width + e % width];
        } else {
            REAL zero = 0;
            out[e] = zero / zero;
        }
    }
}

KERNEL void gather_scatter_add(
        int table_rows, int count, int width, GLOBAL const int *index, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) table_rows * width) {
        int row = (int) (e / width);
        REAL sum = 0;
        for (int i = 0; i < count; i++) {
            if (index[i] == row) {
                sum += in[(INT64) i * width + e % width];
            }
        }
        out[e] = sum;
    }
}
