// twin: F32
package org.fewstep.kernels.cpu;

/** Sums of a row and of the products of two rows at equal places, by the tree of {@link SumF64}. */
final class DotF64 {
    private static final int TERMS = 0;
    private static final int SUMS = 1;

    private DotF64() {}

    /** Sum of {@code x[from .. from + n - 1]}. */
    static double sum(double[] x, int from, int n) {
        double[] sums = Scratch.mine().f64(SUMS, SumF64.blocks(n));
        for (int b = 0; b < SumF64.blocks(n); b++) {
            int first = b * SumF64.BLOCK;
            sums[b] = SumF64.block(x, from + first, Math.min(SumF64.BLOCK, n - first));
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }

    /** {@code sums[r] =} sum of {@code a[i] b[i]} over row r of the (rows, n) at the starts of a and b. */
    static void rows(double[] a, double[] b, int rows, int n, double[] sums) {
        for (int r = 0; r < rows; r++) {
            sums[r] = dot(a, b, r * n, n);
        }
    }

    /** Sum of {@code a[i] b[i]} for i of from .. from + n - 1. */
    private static double dot(double[] a, double[] b, int from, int n) {
        Scratch scratch = Scratch.mine();
        double[] terms = scratch.f64(TERMS, SumF64.BLOCK);
        double[] sums = scratch.f64(SUMS, SumF64.blocks(n));
        for (int block = 0; block < SumF64.blocks(n); block++) {
            int first = from + block * SumF64.BLOCK;
            int count = Math.min(SumF64.BLOCK, from + n - first);
            for (int i = 0; i < count; i++) {
                terms[i] = a[first + i] * b[first + i];
            }
            sums[block] = SumF64.block(terms, 0, count);
        }
        return SumF64.pairwise(sums, SumF64.blocks(n));
    }
}
