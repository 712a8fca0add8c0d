package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.MatMul;
import org.jspecify.annotations.Nullable;

/**
 * F32 matrix products by tiles of C that stay in vector registers.
 *
 * <p>op(B) is packed into strips of {@link VectorLanesF32#COLUMNS} columns and op(A) into strips of {@link
 * VectorLanesF32#ROWS} rows, both k by k (Goto and van de Geijn 2008): a strip of B of {@link #DEPTH} k lies in L1, the
 * block of A in L2, while the tile kernel runs over them. Few rows against many columns skip the packing, see {@link
 * VectorFewRowsF32}.
 *
 * <p>Each element is {@code fma(a[K-1], b[K-1], ... fma(a[0], b[0], 0))}, then the bias is added: the order depends on K
 * alone, whatever the tile, the strips, the vectors and the threads. The only other order is that of {@link
 * VectorDotsF32}, for products of at most {@link VectorDotsF32#MOST_COLUMNS} columns with rows of A in one piece.
 */
final class VectorMatMulF32 {
    /** k of a block. */
    private static final int DEPTH = 256;

    /** Rows of a block of A: 240 KB of L2 with the depth. */
    private static final int BLOCK_ROWS = 240;

    /** Columns of a block of B. */
    private static final int BLOCK_COLUMNS = 2048;

    /** Below this many columns the transpose is computed if it has more. */
    private static final int THIN = VectorLanesF32.L;

    /** Scratch slots of a part: a block of A, a tile at an edge, a piece of the bias. */
    private static final int LEFT = 4;

    private static final int EDGE = 5;
    private static final int BIAS = 6;

    /** Scratch slot of the caller: a block of B. */
    private static final int RIGHT = Scratch.CALLER + 1;

    private static final int ROWS = VectorLanesF32.ROWS;
    private static final int COLUMNS = VectorLanesF32.COLUMNS;

    private static final float[] ZEROS = new float[COLUMNS];

    /** x + -0 is x for every x, x + 0 is not for x = -0. */
    private static final float[] NOTHING = new float[COLUMNS];

    static {
        Arrays.fill(NOTHING, -0f);
    }

    private static final double FLOPS_A_NANO = 130;

    private VectorMatMulF32() {}

    static void run(MatMul w, Threads threads) {
        float[] a = CpuBuffer.f32(w.a());
        float[] b = CpuBuffer.f32(w.b());
        float[] c = CpuBuffer.f32(w.c());
        Buffer biasBuffer = w.bias();
        float[] bias = biasBuffer == null ? null : CpuBuffer.f32(biasBuffer);
        int batch = w.batch();
        int m = w.m();
        if (w.rowsJoin()) {
            m *= batch;
            batch = 1;
        }
        int rows = m;
        // Few items share their rows among the threads, many items are dealt out whole; the bits are the same.
        if (batch == 1) {
            item(w, 0, rows, a, b, bias, c, threads);
        } else {
            threads.run(batch, (long) (w.productFlops() / FLOPS_A_NANO), i -> item(w, i, rows, a, b, bias, c, threads));
        }
    }

    /** C = A op(B) on the starts of the arrays: A (m, k), B (k, n) or (n, k) if transposed, C (m, n). */
    static void multiply(float[] a, int m, int k, float[] b, boolean transB, int n, float[] c, Threads threads) {
        multiply(m, n, k, true, a, 0, k, 1, b, 0, transB ? k : 1, transB ? 1 : n, null, c, 0, threads);
    }

    private static void item(
            MatMul w, int i, int m, float[] a, float[] b, float @Nullable [] bias, float[] c, Threads threads) {
        int n = w.n();
        int k = w.k();
        multiply(
                m,
                n,
                k,
                !w.transA(),
                a,
                w.offsetA(i),
                w.transA() ? 1 : k,
                w.transA() ? m : 1,
                b,
                w.offsetB(i),
                w.transB() ? k : 1,
                w.transB() ? 1 : n,
                bias,
                c,
                i * w.m() * n,
                threads);
    }

    /**
     * C (m, n) at {@code at}. Element (row, l) of op(A) stands at {@code aAt + row * aRow + l * aK}, element (l, column)
     * of op(B) at {@code bAt + column * bColumn + l * bK}.
     *
     * @param rowsWhole a row of op(A) lies in one piece: aK is 1, whatever m is
     */
    static void multiply(
            int m,
            int n,
            int k,
            boolean rowsWhole,
            float[] a,
            int aAt,
            int aRow,
            int aK,
            float[] b,
            int bAt,
            int bColumn,
            int bK,
            float @Nullable [] bias,
            float[] c,
            int at,
            Threads threads) {
        if (m == 0 || n == 0) {
            return;
        }
        if (n <= VectorDotsF32.MOST_COLUMNS && rowsWhole) {
            VectorDotsF32.multiply(m, n, k, a, aAt, aRow, b, bAt, bColumn, bK, bias, c, at, threads);
        } else if (n < THIN && m > n) {
            float[] turned = Scratch.mine().f32(Scratch.CALLER + 2, m * n);
            packed(n, m, k, b, bAt, bColumn, bK, a, aAt, aRow, aK, null, turned, 0, threads);
            turn(turned, m, n, bias, c, at);
        } else if (m <= VectorFewRowsF32.MOST_ROWS && bColumn == 1) {
            VectorFewRowsF32.multiply(m, n, k, a, aAt, aRow, aK, b, bAt, bK, bias, c, at, threads);
        } else {
            packed(m, n, k, a, aAt, aRow, aK, b, bAt, bColumn, bK, bias, c, at, threads);
        }
    }

    /** {@code c[i][j] = x[j][i] + bias[j]} for a result x (n, m) of few rows. */
    private static void turn(float[] x, int m, int n, float @Nullable [] bias, float[] c, int at) {
        for (int j = 0; j < n; j++) {
            float shift = bias == null ? -0f : bias[j];
            for (int i = 0; i < m; i++) {
                c[at + i * n + j] = x[j * m + i] + shift;
            }
        }
    }

    private static void packed(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            int aK,
            float[] b,
            int bAt,
            int bColumn,
            int bK,
            float @Nullable [] bias,
            float[] c,
            int at,
            Threads threads) {
        int rowStrips = (m + ROWS - 1) / ROWS;
        for (int from = 0; from < n; from += BLOCK_COLUMNS) {
            int first = from;
            int columns = Math.min(BLOCK_COLUMNS, n - from);
            int columnStrips = (columns + COLUMNS - 1) / COLUMNS;
            int rowParts = rowParts(rowStrips, threads.count());
            int columnParts = Math.min(columnStrips, Math.max(1, 2 * threads.count() / rowParts));
            for (int k0 = 0; k0 == 0 || k0 < k; k0 += DEPTH) {
                int firstK = k0;
                int kc = Math.min(DEPTH, k - k0);
                float[] right = Scratch.mine().f32(RIGHT, columnStrips * COLUMNS * Math.max(1, kc));
                threads.run(columnStrips, (long) columns * kc / 2, strip -> {
                    int column = strip * COLUMNS;
                    VectorPackF32.strip(
                            b,
                            bAt + (first + column) * bColumn + firstK * bK,
                            bColumn,
                            bK,
                            Math.min(COLUMNS, columns - column),
                            kc,
                            COLUMNS,
                            right,
                            column * kc);
                });
                float[] added = k0 + kc == k ? bias : null;
                long nanos = (long) (2.0 * m * columns * kc / FLOPS_A_NANO);
                threads.run(rowParts * columnParts, nanos, part -> {
                    int rowPart = part / columnParts;
                    int columnPart = part % columnParts;
                    int firstStrip = (int) ((long) rowStrips * rowPart / rowParts);
                    int lastStrip = (int) ((long) rowStrips * (rowPart + 1) / rowParts);
                    int firstRow = firstStrip * ROWS;
                    int rows = Math.min(m, lastStrip * ROWS) - firstRow;
                    float[] left = Scratch.mine().f32(LEFT, (lastStrip - firstStrip) * ROWS * Math.max(1, kc));
                    for (int row = 0; row < rows; row += ROWS) {
                        VectorPackF32.strip(
                                a,
                                aAt + (firstRow + row) * aRow + firstK * aK,
                                aRow,
                                aK,
                                Math.min(ROWS, rows - row),
                                kc,
                                ROWS,
                                left,
                                row * kc);
                    }
                    int stripFrom = (int) ((long) columnStrips * columnPart / columnParts);
                    int stripTo = (int) ((long) columnStrips * (columnPart + 1) / columnParts);
                    for (int strip = stripFrom; strip < stripTo; strip++) {
                        int column = strip * COLUMNS;
                        int width = Math.min(COLUMNS, columns - column);
                        strip(
                                left,
                                rows,
                                right,
                                column * kc,
                                width,
                                kc,
                                firstK == 0,
                                added,
                                first + column,
                                c,
                                at + firstRow * n + first + column,
                                n);
                    }
                });
            }
        }
    }

    /** Parts of the rows: none above a block, as many for each thread if there are enough strips. */
    private static int rowParts(int rowStrips, int threads) {
        int blocks = (rowStrips * ROWS + BLOCK_ROWS - 1) / BLOCK_ROWS;
        int even = (blocks + threads - 1) / threads * threads;
        return Math.max(1, Math.min(even, rowStrips));
    }

    /** One strip of B against all row strips of a part. */
    private static void strip(
            float[] left,
            int rows,
            float[] right,
            int rightAt,
            int width,
            int kc,
            boolean fresh,
            float @Nullable [] bias,
            int biasAt,
            float[] c,
            int at,
            int step) {
        float[] plus = NOTHING;
        if (bias != null) {
            plus = Scratch.mine().f32(BIAS, COLUMNS);
            System.arraycopy(bias, biasAt, plus, 0, width);
        }
        for (int row = 0; row < rows; row += ROWS) {
            int place = at + row * step;
            if (width == COLUMNS && row + ROWS <= rows) {
                float[] start = fresh ? ZEROS : c;
                tile(
                        left,
                        row * kc,
                        right,
                        rightAt,
                        kc,
                        start,
                        fresh ? 0 : place,
                        fresh ? 0 : step,
                        plus,
                        c,
                        place,
                        step);
            } else {
                edge(
                        left,
                        row * kc,
                        right,
                        rightAt,
                        kc,
                        Math.min(ROWS, rows - row),
                        width,
                        fresh,
                        plus,
                        c,
                        place,
                        step);
            }
        }
    }

    private static void tile(
            float[] left,
            int leftAt,
            float[] right,
            int rightAt,
            int kc,
            float[] start,
            int startAt,
            int startStep,
            float[] plus,
            float[] to,
            int toAt,
            int toStep) {
        if (ROWS == 12) {
            VectorTile12F32.run(
                    left, leftAt, right, rightAt, COLUMNS, kc, start, startAt, startStep, plus, 0, to, toAt, toStep);
        } else {
            VectorTile6F32.run(
                    left, leftAt, right, rightAt, COLUMNS, kc, start, startAt, startStep, plus, 0, to, toAt, toStep);
        }
    }

    /** A tile that C does not wholly hold, by way of one that it does. */
    private static void edge(
            float[] left,
            int leftAt,
            float[] right,
            int rightAt,
            int kc,
            int rows,
            int width,
            boolean fresh,
            float[] plus,
            float[] c,
            int at,
            int step) {
        float[] tile = Scratch.mine().f32(EDGE, ROWS * COLUMNS);
        for (int r = 0; r < rows && !fresh; r++) {
            System.arraycopy(c, at + r * step, tile, r * COLUMNS, width);
        }
        float[] start = fresh ? ZEROS : tile;
        tile(left, leftAt, right, rightAt, kc, start, 0, fresh ? 0 : COLUMNS, plus, tile, 0, COLUMNS);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(tile, r * COLUMNS, c, at + r * step, width);
        }
    }
}
