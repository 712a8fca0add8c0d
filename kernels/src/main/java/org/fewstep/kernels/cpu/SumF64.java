// twin: F32
package org.fewstep.kernels.cpu;

/**
 * The one summation tree of all reductions.
 *
 * <p>Numbers 256 b .. 256 b + 255 form block b. In a block, lane l (0 .. 15) adds numbers l, l + 16, l + 32, ... in this
 * order, starting from 0, and the lanes are added in halves: l and l + 8, then + 4, + 2, + 1. The blocks are added in
 * pairs: b and b + 1 for even b, then b and b + 2 for b divisible by 4, and so on. So a number goes through at most 16 +
 * 4 + log2(blocks) roundings, and 16 lanes are independent.
 */
final class SumF64 {
    static final int BLOCK = 256;
    static final int LANES = 16;

    private SumF64() {}

    /** Number of blocks of n numbers; 0 numbers have one, whose sum is 0. */
    static int blocks(int n) {
        return Math.max(1, (n + BLOCK - 1) / BLOCK);
    }

    /** Sum of a block of at most 256 numbers. */
    static double block(double[] x, int from, int count) {
        double s0 = 0.0;
        double s1 = 0.0;
        double s2 = 0.0;
        double s3 = 0.0;
        double s4 = 0.0;
        double s5 = 0.0;
        double s6 = 0.0;
        double s7 = 0.0;
        double s8 = 0.0;
        double s9 = 0.0;
        double s10 = 0.0;
        double s11 = 0.0;
        double s12 = 0.0;
        double s13 = 0.0;
        double s14 = 0.0;
        double s15 = 0.0;
        int end = from + count;
        int i = from;
        for (; i <= end - LANES; i += LANES) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
            s8 += x[i + 8];
            s9 += x[i + 9];
            s10 += x[i + 10];
            s11 += x[i + 11];
            s12 += x[i + 12];
            s13 += x[i + 13];
            s14 += x[i + 14];
            s15 += x[i + 15];
        }
        if (i < end) {
            s0 += x[i];
        }
        if (i + 1 < end) {
            s1 += x[i + 1];
        }
        if (i + 2 < end) {
            s2 += x[i + 2];
        }
        if (i + 3 < end) {
            s3 += x[i + 3];
        }
        if (i + 4 < end) {
            s4 += x[i + 4];
        }
        if (i + 5 < end) {
            s5 += x[i + 5];
        }
        if (i + 6 < end) {
            s6 += x[i + 6];
        }
        if (i + 7 < end) {
            s7 += x[i + 7];
        }
        if (i + 8 < end) {
            s8 += x[i + 8];
        }
        if (i + 9 < end) {
            s9 += x[i + 9];
        }
        if (i + 10 < end) {
            s10 += x[i + 10];
        }
        if (i + 11 < end) {
            s11 += x[i + 11];
        }
        if (i + 12 < end) {
            s12 += x[i + 12];
        }
        if (i + 13 < end) {
            s13 += x[i + 13];
        }
        if (i + 14 < end) {
            s14 += x[i + 14];
        }
        double t0 = s0 + s8;
        double t1 = s1 + s9;
        double t2 = s2 + s10;
        double t3 = s3 + s11;
        double t4 = s4 + s12;
        double t5 = s5 + s13;
        double t6 = s6 + s14;
        double t7 = s7 + s15;
        return ((t0 + t4) + (t2 + t6)) + ((t1 + t5) + (t3 + t7));
    }

    /** Adds block sums in pairs; the array is used up. */
    static double pairwise(double[] sums, int count) {
        for (int step = 1; step < count; step *= 2) {
            for (int i = 0; i < count - step; i += 2 * step) {
                sums[i] += sums[i + step];
            }
        }
        return sums[0];
    }

    /** As above for rows of sums of the given width that follow each other; the result replaces the first row. */
    static void pairwise(double[] sums, int from, int count, int width) {
        for (int step = 1; step < count; step *= 2) {
            for (int b = 0; b < count - step; b += 2 * step) {
                int to = from + b * width;
                int other = to + step * width;
                for (int j = 0; j < width; j++) {
                    sums[to + j] += sums[other + j];
                }
            }
        }
    }
}
