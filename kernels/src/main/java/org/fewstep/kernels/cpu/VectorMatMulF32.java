package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;
import org.fewstep.kernels.MatMul;

/**
 * F32 matrix products in vectors: {@link VectorProductF32}, and for few rows or columns {@link VectorFewRowsF32} and
 * {@link VectorDotsF32}.
 *
 * <p>Each element is {@code fma(a[K-1], b[K-1], ... fma(a[0], b[0], 0))}, then the bias is added: the order depends on K
 * alone. The only other order is that of the scalar products, for at most {@link VectorDotsF32#MOST_COLUMNS} columns where
 * A is not transposed.
 */
final class VectorMatMulF32 {
    /** Below this many columns the transpose is computed if it has more. */
    private static final int THIN = VectorLanesF32.L;

    /** Scratch slot of the caller: a transposed result. */
    private static final int TURNED = Scratch.CALLER + 2;

    private static final double FLOPS_A_NANO = 130;

    private VectorMatMulF32() {}

    static Prepared prepare(MatMul w, Threads threads) {
        float[] a = CpuBuffer.f32(w.a());
        float[] b = CpuBuffer.f32(w.b());
        float[] c = CpuBuffer.f32(w.c());
        VectorEndingF32 ending = VectorEndingF32.of(w);
        // Few items share their rows among the threads, many items are dealt out whole; the bits are the same.
        if (w.batch() == 1 || w.rowsJoin()) {
            int rows = w.batch() * w.m();
            return () -> item(w, 0, rows, a, b, ending, c, threads);
        }
        IntConsumer items = i -> item(w, i, w.m(), a, b, ending, c, Threads.ALONE);
        return Prepared.of(threads, w.batch(), (long) (w.productFlops() / FLOPS_A_NANO), items);
    }

    /** C = A op(B) on the starts of the arrays: A (m, k), B (k, n) or (n, k) if transposed, C (m, n). */
    static void multiply(float[] a, int m, int k, float[] b, boolean transB, int n, float[] c, Threads threads) {
        VectorProductF32 product = VectorProductF32.mine();
        VectorMatrixF32 left = product.a.set(a, 0, k, 1, true);
        VectorMatrixF32 right = product.b.set(b, 0, transB ? k : 1, transB ? 1 : n, transB);
        multiply(m, n, k, left, right, VectorEndingF32.NONE, c, 0, threads);
    }

    /** C = A^T B on the starts of the arrays: A (k, m), B (k, n), C (m, n). */
    static void multiplyTurned(float[] a, int k, int m, float[] b, int n, float[] c, Threads threads) {
        VectorProductF32 product = VectorProductF32.mine();
        VectorMatrixF32 left = product.a.set(a, 0, 1, m, false);
        VectorMatrixF32 right = product.b.set(b, 0, 1, n, false);
        multiply(m, n, k, left, right, VectorEndingF32.NONE, c, 0, threads);
    }

    private static void item(
            MatMul w, int i, int m, float[] a, float[] b, VectorEndingF32 ending, float[] c, Threads threads) {
        int n = w.n();
        int k = w.k();
        boolean rowsWhole = !w.transA();
        boolean columnsWhole = w.transB();
        VectorProductF32 product = VectorProductF32.mine();
        VectorMatrixF32 left = product.a.set(a, w.offsetA(i), rowsWhole ? k : 1, rowsWhole ? 1 : m, rowsWhole);
        VectorMatrixF32 right =
                product.b.set(b, w.offsetB(i), columnsWhole ? k : 1, columnsWhole ? 1 : n, columnsWhole);
        multiply(m, n, k, left, right, ending, c, i * w.m() * n, threads);
    }

    /** C (m, n) at {@code at} of c, of the rows of op(A) and the columns of op(B). */
    static void multiply(
            int m,
            int n,
            int k,
            VectorMatrixF32 left,
            VectorMatrixF32 right,
            VectorEndingF32 ending,
            float[] c,
            int at,
            Threads threads) {
        if (m == 0 || n == 0) {
            return;
        }
        if (n <= VectorDotsF32.MOST_COLUMNS && left.whole()) {
            VectorDotsF32.mine().multiply(m, n, k, left, right, ending, c, at, threads);
        } else if (n < THIN && m > n) {
            float[] turned = Scratch.mine().f32(TURNED, m * n);
            chains(n, m, k, right, left, VectorEndingF32.NONE, turned, 0, threads);
            turn(turned, m, n, ending, c, at);
        } else {
            chains(m, n, k, left, right, ending, c, at, threads);
        }
    }

    /** A chain of fma for each element, by whichever kernel suits the sizes. */
    private static void chains(
            int m,
            int n,
            int k,
            VectorMatrixF32 left,
            VectorMatrixF32 right,
            VectorEndingF32 ending,
            float[] c,
            int at,
            Threads threads) {
        if (m <= VectorFewRowsF32.MOST_ROWS && !right.whole()) {
            VectorFewRowsF32.mine().multiply(m, n, k, left, right, ending, c, at, threads);
        } else {
            VectorProductF32.mine().of(m, n, k, left, right, ending, c, at).run(threads);
        }
    }

    /** {@code c[i][j] = x[j][i] + bias[j]}, finished, for a result x (n, m) of few rows. */
    private static void turn(float[] x, int m, int n, VectorEndingF32 ending, float[] c, int at) {
        for (int j = 0; j < n; j++) {
            float shift = ending.shift(j);
            for (int i = 0; i < m; i++) {
                c[at + i * n + j] = x[j * m + i] + shift;
            }
        }
        ending.finish(c, at, m, n, n);
    }
}
