package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.MatMul;
import org.jspecify.annotations.Nullable;

/**
 * F32 matrix products by loops that HotSpot turns into vector code.
 *
 * <p>HotSpot vectorises a loop whose arrays are distinct objects walked by the same index, and only if its body is
 * small: of twelve variants tried, two rows of C times four k (8 fma, 6 loads, 2 stores) was the best on JDK 17 and 25;
 * larger ones stay scalar at a fifth of the speed. So op(B) is packed into one array a k, a part of C lives in one array
 * a row, and for each four k all rows of the part are updated while the four arrays of op(B) sit in L1. Where N is thin
 * and M is long, the same loops compute the transpose.
 *
 * <p>Each element is {@code fma(a[K-1], b[K-1], ... fma(a[0], b[0], 0))}, then the bias is added: the order depends on K
 * alone, whatever the blocking. The activation follows on the part while it is in cache.
 */
final class LoopsMatMulF32 {
    /** Longest vectorised loop: columns of a panel. */
    private static final int PANEL = 512;

    /** k of a packed block. */
    private static final int DEPTH = 512;

    /** k of a packed block when few rows use it: packed and used within L1. */
    private static final int SHALLOW = 16;

    /** Rows a part. */
    private static final int ROWS = 32;

    /** Below this many columns the transpose is computed if it has more. */
    private static final int THIN = 32;

    /** Scratch slot of a piece of the bias. */
    private static final int BIAS = 4;

    private static final double FLOPS_A_NANO = 40;

    private LoopsMatMulF32() {}

    static Prepared prepare(MatMul w, Threads threads) {
        float[] a = CpuBuffer.f32(w.a());
        float[] b = CpuBuffer.f32(w.b());
        float[] c = CpuBuffer.f32(w.c());
        Ending ending = Ending.of(w);
        int batch = w.batch();
        int m = w.m();
        if (w.rowsJoin()) {
            m *= batch;
            batch = 1;
        }
        int rows = m;
        // Few items share their rows among the threads, many items are dealt out whole; the bits are the same.
        if (batch == 1) {
            return () -> item(w, 0, rows, a, b, ending, c, threads);
        }
        long nanos = (long) (w.productFlops() / FLOPS_A_NANO);
        return Prepared.of(threads, batch, nanos, i -> item(w, i, rows, a, b, ending, c, threads));
    }

    /** C = A op(B) on the starts of the arrays: A (m, k), B (k, n) or (n, k) if transposed, C (m, n). */
    static void multiply(float[] a, int m, int k, float[] b, boolean transB, int n, float[] c, Threads threads) {
        multiply(m, n, k, new Operand(a, 0, k, 1), new Operand(b, 0, transB ? k : 1, transB ? 1 : n), c, threads);
    }

    /** C = A^T B on the starts of the arrays: A (k, m), B (k, n), C (m, n). */
    static void multiplyTurned(float[] a, int k, int m, float[] b, int n, float[] c, Threads threads) {
        multiply(m, n, k, new Operand(a, 0, 1, m), new Operand(b, 0, 1, n), c, threads);
    }

    private static void multiply(int m, int n, int k, Operand left, Operand right, float[] c, Threads threads) {
        if (n < THIN && m > n) {
            multiply(n, m, k, right, left, Ending.NONE, true, c, 0, threads);
        } else {
            multiply(m, n, k, left, right, Ending.NONE, false, c, 0, threads);
        }
    }

    private static void item(MatMul w, int i, int m, float[] a, float[] b, Ending ending, float[] c, Threads threads) {
        int n = w.n();
        int k = w.k();
        Operand left = new Operand(a, w.offsetA(i), w.transA() ? 1 : k, w.transA() ? m : 1);
        Operand right = new Operand(b, w.offsetB(i), w.transB() ? k : 1, w.transB() ? 1 : n);
        int at = i * w.m() * n;
        if (n < THIN && m > n) {
            multiply(n, m, k, right, left, ending, true, c, at, threads);
        } else {
            multiply(m, n, k, left, right, ending, false, c, at, threads);
        }
    }

    /** What happens to finished sums: the bias is added, the sum kept in {@code pre}, the activation applied. */
    private record Ending(float @Nullable [] bias, Elementwise.@Nullable Code activation, float @Nullable [] pre) {
        static final Ending NONE = new Ending(null, null, null);

        static Ending of(MatMul w) {
            Buffer bias = w.bias();
            Buffer pre = w.pre();
            return new Ending(
                    bias == null ? null : CpuBuffer.f32(bias), w.activation(), pre == null ? null : CpuBuffer.f32(pre));
        }
    }

    /** Element (line, k) of an operand stands at {@code offset + line * lineStep + k * kStep}. */
    private record Operand(float[] x, int offset, int lineStep, int kStep) {}

    /**
     * Result (rows, columns), each element the product of a line of {@code left} and one of {@code right}.
     *
     * @param turned the result is stored transposed, and the bias belongs to its rows
     */
    private static void multiply(
            int rows,
            int columns,
            int k,
            Operand left,
            Operand right,
            Ending ending,
            boolean turned,
            float[] c,
            int at,
            Threads threads) {
        int panels = Math.max(1, (columns + PANEL - 1) / PANEL);
        int panel = (columns + panels - 1) / panels;
        int depth = rows <= 4 ? SHALLOW : DEPTH;
        int parts = (rows + ROWS - 1) / ROWS;
        Scratch mine = Scratch.mine();
        for (int from = 0; from < columns; from += panel) {
            int first = from;
            int n = Math.min(panel, columns - from);
            for (int k0 = 0; k0 == 0 || k0 < k; k0 += depth) {
                int firstK = k0;
                int kc = Math.min(depth, k - k0);
                float[][] packed = mine.f32Rows(Scratch.PACKED, kc, PANEL);
                pack(right, first, n, firstK, kc, packed, threads);
                boolean last = k0 + kc == k;
                threads.run(parts, (long) (2.0 * rows * n * kc / FLOPS_A_NANO), part -> {
                    int row = part * ROWS;
                    int count = Math.min(ROWS, rows - row);
                    float[][] t = Scratch.mine().f32Rows(Scratch.TILE, count, PANEL);
                    if (firstK == 0) {
                        for (int r = 0; r < count; r++) {
                            java.util.Arrays.fill(t[r], 0, n, 0);
                        }
                    } else if (turned) {
                        loadTurned(c, at + first * rows + row, rows, count, n, t);
                    } else {
                        for (int r = 0; r < count; r++) {
                            System.arraycopy(c, at + (row + r) * columns + first, t[r], 0, n);
                        }
                    }
                    accumulate(
                            left.x,
                            left.offset + row * left.lineStep + firstK * left.kStep,
                            left.lineStep,
                            left.kStep,
                            count,
                            n,
                            kc,
                            packed,
                            t);
                    int place = turned ? at + first * rows + row : at + row * columns + first;
                    int step = turned ? rows : columns;
                    if (last) {
                        finish(ending, turned, turned ? row : first, count, n, t, place, step);
                    }
                    store(t, turned, count, n, c, place, step);
                });
            }
        }
    }

    /** {@code packed[l][j] =} element (first + j, firstK + l) of the operand. */
    private static void pack(Operand x, int first, int n, int firstK, int kc, float[][] packed, Threads threads) {
        int group = 16;
        threads.run((kc + group - 1) / group, (long) kc * n / 4, part -> {
            int l = part * group;
            int end = Math.min(kc, l + group);
            if (x.lineStep == 1) {
                for (; l < end; l++) {
                    System.arraycopy(x.x, x.offset + first + (firstK + l) * x.kStep, packed[l], 0, n);
                }
                return;
            }
            int place = x.offset + first * x.lineStep + firstK * x.kStep;
            for (; l + 4 <= end; l += 4) {
                turn4(
                        x.x,
                        place + l * x.kStep,
                        x.lineStep,
                        x.kStep,
                        n,
                        packed[l],
                        packed[l + 1],
                        packed[l + 2],
                        packed[l + 3]);
            }
            for (; l < end; l++) {
                turn1(x.x, place + l * x.kStep, x.lineStep, n, packed[l]);
            }
        });
    }

    private static void turn4(
            float[] x, int place, int lineStep, int kStep, int n, float[] p0, float[] p1, float[] p2, float[] p3) {
        for (int j = 0; j < n; j++) {
            p0[j] = x[place];
            p1[j] = x[place + kStep];
            p2[j] = x[place + 2 * kStep];
            p3[j] = x[place + 3 * kStep];
            place += lineStep;
        }
    }

    private static void turn1(float[] x, int place, int lineStep, int n, float[] p) {
        for (int j = 0; j < n; j++) {
            p[j] = x[place];
            place += lineStep;
        }
    }

    private static void loadTurned(float[] c, int at, int step, int rows, int n, float[][] t) {
        for (int r = 0; r < rows; r++) {
            turn1(c, at + r, step, n, t[r]);
        }
    }

    private static void finish(
            Ending ending, boolean turned, int first, int rows, int n, float[][] t, int place, int step) {
        if (ending.bias != null) {
            addBias(ending.bias, turned, first, rows, n, t);
        }
        if (ending.pre != null) {
            store(t, turned, rows, n, ending.pre, place, step);
        }
        if (ending.activation != null) {
            for (int r = 0; r < rows; r++) {
                LoopsElementwiseF32.apply(ending.activation, 0, 0, t[r], t[r], t[r], t[r], 0, n);
            }
        }
    }

    /** A part of the result; {@code step} is the length of a row of c. */
    private static void store(float[][] t, boolean turned, int rows, int n, float[] c, int place, int step) {
        if (turned) {
            storeTurned(t, rows, n, c, place, step);
            return;
        }
        for (int r = 0; r < rows; r++) {
            System.arraycopy(t[r], 0, c, place + r * step, n);
        }
    }

    private static void storeTurned(float[][] t, int rows, int n, float[] c, int at, int step) {
        int r = 0;
        for (; r + 4 <= rows; r += 4) {
            float[] t0 = t[r];
            float[] t1 = t[r + 1];
            float[] t2 = t[r + 2];
            float[] t3 = t[r + 3];
            int place = at + r;
            for (int j = 0; j < n; j++) {
                c[place] = t0[j];
                c[place + 1] = t1[j];
                c[place + 2] = t2[j];
                c[place + 3] = t3[j];
                place += step;
            }
        }
        for (; r < rows; r++) {
            float[] row = t[r];
            int place = at + r;
            for (int j = 0; j < n; j++) {
                c[place] = row[j];
                place += step;
            }
        }
    }

    private static void addBias(float[] bias, boolean turned, int first, int rows, int n, float[][] t) {
        if (turned) {
            for (int r = 0; r < rows; r++) {
                add(t[r], bias[first + r], n);
            }
            return;
        }
        float[] row = Scratch.mine().f32(BIAS, PANEL);
        System.arraycopy(bias, first, row, 0, n);
        for (int r = 0; r < rows; r++) {
            add(t[r], row, n);
        }
    }

    private static void add(float[] t, float value, int n) {
        for (int j = 0; j < n; j++) {
            t[j] += value;
        }
    }

    private static void add(float[] t, float[] row, int n) {
        for (int j = 0; j < n; j++) {
            t[j] += row[j];
        }
    }

    /** Adds kc products to each element of t; the scalar of (row r, k l) is {@code a[at + r * rowStep + l * kStep]}. */
    private static void accumulate(
            float[] a, int at, int rowStep, int kStep, int rows, int n, int kc, float[][] p, float[][] t) {
        int l = 0;
        for (; l + 4 <= kc; l += 4) {
            float[] p0 = p[l];
            float[] p1 = p[l + 1];
            float[] p2 = p[l + 2];
            float[] p3 = p[l + 3];
            int r = 0;
            int x = at + l * kStep;
            for (; r + 2 <= rows; r += 2) {
                int y = x + rowStep;
                twoRowsFourK(
                        t[r],
                        t[r + 1],
                        p0,
                        p1,
                        p2,
                        p3,
                        a[x],
                        a[x + kStep],
                        a[x + 2 * kStep],
                        a[x + 3 * kStep],
                        a[y],
                        a[y + kStep],
                        a[y + 2 * kStep],
                        a[y + 3 * kStep],
                        n);
                x = y + rowStep;
            }
            if (r < rows) {
                oneRowFourK(t[r], p0, p1, p2, p3, a[x], a[x + kStep], a[x + 2 * kStep], a[x + 3 * kStep], n);
            }
        }
        for (; l < kc; l++) {
            for (int r = 0; r < rows; r++) {
                oneRowOneK(t[r], p[l], a[at + r * rowStep + l * kStep], n);
            }
        }
    }

    private static void twoRowsFourK(
            float[] t0,
            float[] t1,
            float[] p0,
            float[] p1,
            float[] p2,
            float[] p3,
            float a00,
            float a01,
            float a02,
            float a03,
            float a10,
            float a11,
            float a12,
            float a13,
            int n) {
        for (int j = 0; j < n; j++) {
            t0[j] = Math.fma(a03, p3[j], Math.fma(a02, p2[j], Math.fma(a01, p1[j], Math.fma(a00, p0[j], t0[j]))));
            t1[j] = Math.fma(a13, p3[j], Math.fma(a12, p2[j], Math.fma(a11, p1[j], Math.fma(a10, p0[j], t1[j]))));
        }
    }

    private static void oneRowFourK(
            float[] t, float[] p0, float[] p1, float[] p2, float[] p3, float a0, float a1, float a2, float a3, int n) {
        for (int j = 0; j < n; j++) {
            t[j] = Math.fma(a3, p3[j], Math.fma(a2, p2[j], Math.fma(a1, p1[j], Math.fma(a0, p0[j], t[j]))));
        }
    }

    private static void oneRowOneK(float[] t, float[] p, float a, int n) {
        for (int j = 0; j < n; j++) {
            t[j] = Math.fma(a, p[j], t[j]);
        }
    }
}
