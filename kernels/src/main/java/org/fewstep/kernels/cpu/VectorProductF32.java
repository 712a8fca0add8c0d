package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * C (m, n) = left (m lines of k) times right (n lines of k) + bias (n), finished by the ending, by tiles of C that stay in registers.
 *
 * <p>The right operand is packed into strips of {@link VectorLanesF32#COLUMNS} columns, the left one into strips of
 * {@link VectorLanesF32#ROWS} rows (Goto and van de Geijn 2008): a strip of {@link VectorLanesF32#DEPTH} k of the right
 * one lies in L1, the block of the left one in L2, while the tile kernel runs over them. Every element is one chain of
 * fma in the order of k, then the bias is added, whatever the blocks and threads are.
 */
final class VectorProductF32 {
    /** k of a block. */
    private static final int DEPTH = VectorLanesF32.DEPTH;

    /** Rows of a block: 240 KB of L2 with the depth. */
    private static final int BLOCK_ROWS = 240;

    /** Columns of a block. */
    private static final int BLOCK_COLUMNS = 1024;

    /** Scratch slots of a part: a block of the left operand, a tile at an edge, a piece of the bias. */
    private static final int LEFT = 4;

    private static final int EDGE = 5;
    private static final int BIAS = 6;

    /** Scratch slot of the caller: a block of the right operand. */
    private static final int RIGHT = Scratch.CALLER + 1;

    private static final int ROWS = VectorLanesF32.ROWS;
    private static final int COLUMNS = VectorLanesF32.COLUMNS;
    private static final int PITCH = VectorLanesF32.PITCH;

    private static final float[] ZEROS = new float[COLUMNS];

    /** x + -0 is x for every x; x + 0 is not for x = -0. */
    private static final float[] NOTHING = new float[COLUMNS];

    static {
        Arrays.fill(NOTHING, -0f);
    }

    private static final double FLOPS_A_NANO = 130;

    private static final ThreadLocal<VectorProductF32> MINE = ThreadLocal.withInitial(VectorProductF32::new);

    /** Operands for callers that multiply matrices. */
    final VectorMatrixF32 a = new VectorMatrixF32();

    final VectorMatrixF32 b = new VectorMatrixF32();

    private final IntConsumer packs = this::pack;
    private final IntConsumer parts = this::part;

    private int m;
    private int n;
    private int k;
    private VectorOperandF32 left = a;
    private VectorOperandF32 right = b;
    private VectorEndingF32 ending = VectorEndingF32.NONE;
    private float[] c = ZEROS;
    private int at;

    /** The block that the parts compute now: columns from first on, kc k from k0 on. */
    private int first;

    private int columns;
    private int k0;
    private int kc;
    private boolean fresh;
    private float[] packed = ZEROS;
    private int rowParts;
    private int columnParts;

    private VectorProductF32() {}

    /** This thread's object: small products are many, and objects for each would be most of what a step allocates. */
    static VectorProductF32 mine() {
        return MINE.get();
    }

    /** Makes this the product given; {@code at} is the place of element (0, 0) of c, whose rows follow each other. */
    VectorProductF32 of(
            int m,
            int n,
            int k,
            VectorOperandF32 left,
            VectorOperandF32 right,
            VectorEndingF32 ending,
            float[] c,
            int at) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.left = left;
        this.right = right;
        this.ending = ending;
        this.c = c;
        this.at = at;
        return this;
    }

    /** Computes C. */
    void run(Threads threads) {
        run(true, threads);
    }

    /** Goes on with the chains that C holds. */
    void add(Threads threads) {
        run(false, threads);
    }

    private void run(boolean anew, Threads threads) {
        for (first = 0; first < n; first += BLOCK_COLUMNS) {
            for (k0 = 0; k0 == 0 || k0 < k; k0 += DEPTH) {
                columns = Math.min(BLOCK_COLUMNS, n - first);
                kc = Math.min(DEPTH, k - k0);
                fresh = anew && k0 == 0;
                block(threads);
            }
        }
        left = a;
        right = b;
        ending = VectorEndingF32.NONE;
        c = ZEROS;
        packed = ZEROS;
    }

    private void block(Threads threads) {
        int rowStrips = rowStrips();
        int columnStrips = columnStrips();
        rowParts = rowParts(rowStrips, threads.count());
        columnParts = Math.min(columnStrips, Math.max(1, threads.count() / rowParts));
        packed = Scratch.mine().f32(RIGHT, columnStrips * COLUMNS * Math.max(1, kc));
        threads.run(columnStrips, (long) columns * kc / 8, packs);
        threads.run(rowParts * columnParts, (long) (2.0 * m * columns * kc / FLOPS_A_NANO), parts);
    }

    private int rowStrips() {
        return (m + ROWS - 1) / ROWS;
    }

    private int columnStrips() {
        return (columns + COLUMNS - 1) / COLUMNS;
    }

    private void pack(int strip) {
        int column = strip * COLUMNS;
        right.byK(first + column, Math.min(COLUMNS, columns - column), k0, kc, COLUMNS, packed, column * kc);
    }

    private void part(int part) {
        int row = part / columnParts;
        int column = part % columnParts;
        part(
                (int) ((long) rowStrips() * row / rowParts) * ROWS,
                Math.min(m, (int) ((long) rowStrips() * (row + 1) / rowParts) * ROWS),
                (int) ((long) columnStrips() * column / columnParts) * COLUMNS,
                Math.min(columns, (int) ((long) columnStrips() * (column + 1) / columnParts) * COLUMNS));
    }

    /** Parts of the rows: none above a block, as many for each thread if there are enough strips. */
    private static int rowParts(int rowStrips, int threads) {
        int blocks = (rowStrips * ROWS + BLOCK_ROWS - 1) / BLOCK_ROWS;
        int even = (blocks + threads - 1) / threads * threads;
        return Math.max(1, Math.min(even, rowStrips));
    }

    /** Rows firstRow .. endRow - 1 against columns firstColumn .. endColumn - 1 of the block. */
    private void part(int firstRow, int endRow, int firstColumn, int endColumn) {
        Scratch scratch = Scratch.mine();
        boolean whole = left.whole();
        int strip = whole ? ROWS * VectorLanesF32.ROW : PITCH * Math.max(1, kc);
        float[] rows = scratch.f32(LEFT, (endRow - firstRow + ROWS - 1) / ROWS * strip);
        int to = 0;
        for (int row = firstRow; row < endRow; row += ROWS) {
            if (whole) {
                left.byRows(row, Math.min(ROWS, m - row), k0, kc, ROWS, rows, to);
            } else {
                // Lines beside the strip fill up the last vector; nobody reads them.
                left.byK(row, Math.min(PITCH, m - row), k0, kc, PITCH, rows, to);
            }
            to += strip;
        }
        boolean last = k0 + kc == k;
        float[] bias = ending.bias();
        float[] plus = last && bias != null ? scratch.f32(BIAS, COLUMNS) : NOTHING;
        float[] edge = scratch.f32(EDGE, ROWS * COLUMNS);
        for (int column = firstColumn; column < endColumn; column += COLUMNS) {
            int width = Math.min(COLUMNS, endColumn - column);
            if (last && bias != null) {
                System.arraycopy(bias, first + column, plus, 0, width);
            }
            int from = 0;
            for (int row = firstRow; row < endRow; row += ROWS) {
                int place = at + row * n + first + column;
                int height = Math.min(ROWS, endRow - row);
                if (width == COLUMNS && height == tileRows(height)) {
                    float[] start = fresh ? ZEROS : c;
                    int startAt = fresh ? 0 : place;
                    int startStep = fresh ? 0 : n;
                    tile(
                            height,
                            whole,
                            rows,
                            from,
                            packed,
                            column * kc,
                            kc,
                            start,
                            startAt,
                            startStep,
                            plus,
                            c,
                            place,
                            n);
                } else {
                    // A tile that C does not wholly hold, by way of one that it does.
                    for (int r = 0; r < height; r++) {
                        if (fresh) {
                            Arrays.fill(edge, r * COLUMNS, r * COLUMNS + width, 0);
                        } else {
                            System.arraycopy(c, place + r * n, edge, r * COLUMNS, width);
                        }
                    }
                    tile(height, whole, rows, from, packed, column * kc, kc, edge, 0, COLUMNS, plus, edge, 0, COLUMNS);
                    for (int r = 0; r < height; r++) {
                        System.arraycopy(edge, r * COLUMNS, c, place + r * n, width);
                    }
                }
                from += strip;
            }
        }
        if (last) {
            ending.finish(c, at + firstRow * n + first + firstColumn, endRow - firstRow, endColumn - firstColumn, n);
        }
    }

    /** Rows of the smallest tile kernel that holds so many. */
    private static int tileRows(int height) {
        return ROWS == 12 ? (height + 3) / 4 * 4 : ROWS;
    }

    private static void tile(
            int height,
            boolean whole,
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int kc,
            float[] start,
            int startAt,
            int startStep,
            float[] plus,
            float[] to,
            int toAt,
            int toStep) {
        switch (tileRows(height)) {
            case 12 -> {
                if (whole) {
                    VectorTile12F32.byRows(
                            a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                } else {
                    VectorTile12F32.byK(a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                }
            }
            case 8 -> {
                if (whole) {
                    VectorTile8F32.byRows(
                            a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                } else {
                    VectorTile8F32.byK(a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                }
            }
            case 4 -> {
                if (whole) {
                    VectorTile4F32.byRows(
                            a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                } else {
                    VectorTile4F32.byK(a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                }
            }
            default -> {
                if (whole) {
                    VectorTile6F32.byRows(
                            a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                } else {
                    VectorTile6F32.byK(a, aAt, b, bAt, COLUMNS, kc, start, startAt, startStep, plus, to, toAt, toStep);
                }
            }
        }
    }
}
