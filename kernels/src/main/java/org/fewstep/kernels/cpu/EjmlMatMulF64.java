// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.MatMul;

/**
 * Matrix products by EJML.
 *
 * <p>A block of rows of op(A) is packed into scratch, multiplied there, and copied to C with the bias added. B is used
 * in place where it starts its buffer, otherwise a copy is. The k products of an element are added in order.
 */
final class EjmlMatMulF64 {
    /** Rows of C a part. */
    private static final int ROWS = 32;

    private static final int A = 0;
    private static final int C = 1;

    private EjmlMatMulF64() {}

    static void run(MatMul w, Threads threads) {
        AtomicLong ejmlFlops = w.device().live().ejmlFlops();
        int blocks = (w.m() + ROWS - 1) / ROWS;
        for (int item = 0; item < w.batch(); item++) {
            int i = item;
            double[] b = startOf(CpuBuffer.f64(w.b()), w.offsetB(i), w.k() * w.n());
            threads.run(blocks, 2L * w.m() * w.n() * w.k() / 5, block -> {
                int first = block * ROWS;
                int rows = Math.min(ROWS, w.m() - first);
                Scratch scratch = Scratch.mine();
                double[] a = scratch.f64(A, rows * w.k());
                double[] c = scratch.f64(C, rows * w.n());
                pack(w, i, first, rows, a);
                if (w.k() == 0) {
                    Arrays.fill(c, 0, rows * w.n(), 0);
                } else {
                    EjmlProductF64.multiply(a, rows, w.k(), b, w.transB(), w.n(), c);
                    ejmlFlops.addAndGet(2L * rows * w.n() * w.k());
                }
                store(w, i, first, rows, c);
            });
        }
    }

    /** An array whose element 0 is {@code x[offset]}. */
    private static double[] startOf(double[] x, int offset, int count) {
        if (offset == 0) {
            return x;
        }
        double[] copy = Scratch.mine().f64(Scratch.CALLER, count);
        System.arraycopy(x, offset, copy, 0, count);
        return copy;
    }

    /** Rows of op(A), one after the other. */
    private static void pack(MatMul w, int item, int first, int rows, double[] to) {
        double[] from = CpuBuffer.f64(w.a());
        int m = w.m();
        int k = w.k();
        int offset = w.offsetA(item);
        if (!w.transA()) {
            System.arraycopy(from, offset + first * k, to, 0, rows * k);
            return;
        }
        for (int l = 0; l < k; l++) {
            int place = offset + l * m + first;
            for (int r = 0; r < rows; r++) {
                to[r * k + l] = from[place + r];
            }
        }
    }

    private static void store(MatMul w, int item, int first, int rows, double[] from) {
        double[] c = CpuBuffer.f64(w.c());
        int n = w.n();
        int place = (item * w.m() + first) * n;
        Buffer biasBuffer = w.bias();
        if (biasBuffer == null) {
            System.arraycopy(from, 0, c, place, rows * n);
            return;
        }
        double[] bias = CpuBuffer.f64(biasBuffer);
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < n; j++) {
                c[place + r * n + j] = from[r * n + j] + bias[j];
            }
        }
    }
}
