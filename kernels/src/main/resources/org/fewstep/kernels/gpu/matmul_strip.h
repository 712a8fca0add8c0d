/* How a warp writes the elements of a product that its accumulators hold; in F32, after matmul.h and tensor_core.h. */

#if REAL_IS_FLOAT

/* Numbers of a row of a strip that waits to be written: a half-warp's pairs lie in 32 banks. */
#define STRIP_PITCH 40
#define STRIP (16 * STRIP_PITCH)

/*
 * Finishes a warp's strip of 16 rows and 32 columns, four (16, 8) accumulators beside each other, by way of shared memory,
 * so that neighbours write neighbours.
 */
DEVICE void finish_strip(
        const float sums[16], float *strip, int item, int row, int column, int m, int n, int activation, int biased,
        int kept, GLOBAL const float *bias, GLOBAL float *pre, GLOBAL float *c) {
    int g = LANE / 4;
    int t = LANE % 4;
    UNROLLED
    for (int e = 0; e < 16; e++) {
        strip[(g + e / 2 % 2 * 8) * STRIP_PITCH + e / 4 * 8 + 2 * t + e % 2] = sums[e];
    }
    __syncwarp();
    int j = column + LANE;
    int rows = m - row < 16 ? m - row : 16;
    if (j < n) {
        ROLLED
        for (int i = 0; i < rows; i++) {
            finish(
                    strip[i * STRIP_PITCH + LANE], (item * m + row + i) * n + j, j, activation, biased, kept, bias, pre,
                    c);
        }
    }
    __syncwarp();
}

#endif
