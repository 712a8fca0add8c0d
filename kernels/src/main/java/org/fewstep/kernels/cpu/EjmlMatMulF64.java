// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.MatMul;

/**
 * Matrix products by EJML.
 *
 * <p>A block of rows of op(A) is packed into scratch, multiplied there, given bias and activation, and copied to C. B is used
 * in place where it starts its buffer, otherwise a copy is. The k products of an element are added in order.
 */
final class EjmlMatMulF64 {
    /** Rows of C a part. */
    private static final int ROWS = 32;

    private static final int A = 0;
    private static final int C = 1;

    private EjmlMatMulF64() {}

    static Prepared prepare(MatMul w, Threads threads) {
        return () -> run(w, threads);
    }

    private static void run(MatMul w, Threads threads) {
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

    /** Bias and activation on the rows in scratch, then the copies to C and, where asked, of the activation's argument. */
    private static void store(MatMul w, int item, int first, int rows, double[] x) {
        int n = w.n();
        int count = rows * n;
        int place = (item * w.m() + first) * n;
        Buffer bias = w.bias();
        if (bias != null) {
            addBias(CpuBuffer.f64(bias), rows, n, x);
        }
        Buffer pre = w.pre();
        if (pre != null) {
            System.arraycopy(x, 0, CpuBuffer.f64(pre), place, count);
        }
        Elementwise.Code activation = w.activation();
        if (activation != null) {
            ElementwiseF64.apply(activation, 0.0, 0.0, x, x, x, x, 0, count);
        }
        System.arraycopy(x, 0, CpuBuffer.f64(w.c()), place, count);
    }

    private static void addBias(double[] bias, int rows, int n, double[] x) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < n; j++) {
                x[r * n + j] += bias[j];
            }
        }
    }
}
