package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * C (m, n) = left (m lines of k) times right (n lines of k) + bias (n), finished by the ending, by tiles of C that stay in registers.
 *
 * <p>The right operand is packed into strips of {@link VectorLanesF32#COLUMNS} columns, the left one into strips of
 * {@link VectorLanesF32#ROWS} rows (Goto and van de Geijn 2008): a strip of {@link VectorLanesF32#DEPTH} k of the right
 * one lies in L1, the block of the left one in L2, while the tile kernel runs over them. The sums of a strip
 * of C stay in L1 over as many k as are packed: to read and write rows of C, far apart and not aligned, for each block of
 * k took 6 % of the time. A thread packs what it needs: lines that another core has just written come from its cache,
 * slower than memory. Every element is one chain of fma in the order of k, then the bias is added, whatever the blocks and
 * threads are.
 */
final class VectorProductF32 {
    /** k of a block. */
    private static final int DEPTH = VectorLanesF32.DEPTH;

    /** Rows of a block. */
    private static final int BLOCK_ROWS = 120;

    /** Columns of a block. */
    private static final int BLOCK_COLUMNS = 512;

    /** Most blocks of k that are packed at once, so that a block of the left operand stays in L2. */
    private static final int DEPTHS = 4;

    /** Scratch slots of a part: a block of the left operand, sums of a strip, a piece of the bias, packed right operand. */
    private static final int LEFT = 4;

    private static final int SUMS = 5;
    private static final int BIAS = 6;
    private static final int RIGHT = 7;

    /** k that are packed together for all strips: few enough rows of the right operand to be fetched ahead. */
    private static final int TOGETHER = 16;

    /** Nanoseconds that packing a number takes. */
    private static final double PACK_LEFT = 0.06;

    private static final double PACK_RIGHT = 0.12;

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

    /** Operands for callers: matrices, unfolded images. */
    final VectorMatrixF32 a = new VectorMatrixF32();

    final VectorMatrixF32 b = new VectorMatrixF32();
    final VectorTapsF32 taps = new VectorTapsF32();

    private final IntConsumer parts = this::part;

    private int m;
    private int n;
    private int k;
    private VectorOperandF32 left = a;
    private VectorOperandF32 right = b;
    private VectorEndingF32 ending = VectorEndingF32.NONE;
    private float[] c = ZEROS;
    private int at;

    /** False where C holds chains to go on with. */
    private boolean anew;

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
        this.anew = anew;
        double nanos = 2.0 * m * n * k / FLOPS_A_NANO;
        divide(threads.count());
        threads.run(rowParts * columnParts, (long) nanos, parts);
        left = a;
        right = b;
        ending = VectorEndingF32.NONE;
        c = ZEROS;
    }

    /** As many parts as threads, or fewer, whose longest takes the shortest time. */
    private void divide(int threads) {
        int rowStrips = strips(m, ROWS);
        int columnStrips = strips(n, COLUMNS);
        double least = Double.POSITIVE_INFINITY;
        for (int rows = 1; rows <= Math.min(threads, rowStrips); rows++) {
            int columns = Math.min(threads / rows, columnStrips);
            double high = ROWS * strips(rowStrips, rows);
            double wide = COLUMNS * strips(columnStrips, columns);
            double nanos = 2 * high * wide / FLOPS_A_NANO + high * PACK_LEFT + wide * PACK_RIGHT;
            if (nanos < least) {
                least = nanos;
                rowParts = rows;
                columnParts = columns;
            }
        }
    }

    private static int strips(int lines, int strip) {
        return (lines + strip - 1) / strip;
    }

    private void part(int part) {
        int row = part / columnParts;
        int column = part % columnParts;
        int rowStrips = strips(m, ROWS);
        int columnStrips = strips(n, COLUMNS);
        part(
                (int) ((long) rowStrips * row / rowParts) * ROWS,
                Math.min(m, (int) ((long) rowStrips * (row + 1) / rowParts) * ROWS),
                (int) ((long) columnStrips * column / columnParts) * COLUMNS,
                Math.min(n, (int) ((long) columnStrips * (column + 1) / columnParts) * COLUMNS));
    }

    /** Rows firstRow .. endRow - 1 of columns firstColumn .. endColumn - 1. */
    private void part(int firstRow, int endRow, int firstColumn, int endColumn) {
        int width = Math.min(BLOCK_COLUMNS, strips(endColumn - firstColumn, COLUMNS) * COLUMNS);
        // Few strips do not pay for a block of the left operand that fills L2.
        int depth = Math.max(1, Math.min(DEPTHS, width / COLUMNS / 2)) * DEPTH;
        float[] packed = Scratch.mine().f32(RIGHT, width * Math.max(1, Math.min(depth, k)));
        for (int column = firstColumn; column < endColumn; column += width) {
            int columns = Math.min(width, endColumn - column);
            for (int k0 = 0; k0 == 0 || k0 < k; k0 += depth) {
                int endK = Math.min(k0 + depth, k);
                pack(column, columns, k0, endK, packed);
                for (int row = firstRow; row < endRow; row += BLOCK_ROWS) {
                    block(row, Math.min(BLOCK_ROWS, endRow - row), column, columns, k0, endK, packed);
                }
            }
        }
    }

    /** A block of {@link #DEPTH} k behind the other, each strip by strip. */
    private void pack(int column, int columns, int k0, int endK, float[] packed) {
        int width = strips(columns, COLUMNS) * COLUMNS;
        for (int l = k0; l < endK; l += DEPTH) {
            int kc = Math.min(DEPTH, endK - l);
            for (int i = 0; i < kc; i += TOGETHER) {
                int count = Math.min(TOGETHER, kc - i);
                for (int j = 0; j < columns; j += COLUMNS) {
                    int lines = Math.min(COLUMNS, columns - j);
                    int to = (l - k0) * width + j * kc + i * COLUMNS;
                    right.byK(column + j, lines, l + i, count, COLUMNS, packed, to);
                }
            }
        }
    }

    /**
     * A block of C over k0 .. endK - 1. Between blocks of k the sums of a strip of columns stay in L1; C is read before the
     * first and written after the last.
     */
    private void block(int firstRow, int rows, int firstColumn, int columns, int k0, int endK, float[] packed) {
        Scratch scratch = Scratch.mine();
        boolean whole = left.whole();
        int depths = Math.max(1, strips(endK - k0, DEPTH));
        int strip = whole ? ROWS * VectorLanesF32.ROW : PITCH * Math.max(1, Math.min(DEPTH, endK - k0));
        int rowStrips = strips(rows, ROWS);
        float[] lines = scratch.f32(LEFT, depths * rowStrips * strip);
        pack(firstRow, rowStrips, k0, endK, strip, lines);
        boolean last = endK == k;
        float[] bias = ending.bias();
        float[] plus = last && bias != null ? scratch.f32(BIAS, COLUMNS) : NOTHING;
        float[] sums = scratch.f32(SUMS, rowStrips * ROWS * COLUMNS);
        int wide = strips(columns, COLUMNS) * COLUMNS;
        for (int column = 0; column < columns; column += COLUMNS) {
            int width = Math.min(COLUMNS, columns - column);
            if (last && bias != null) {
                System.arraycopy(bias, firstColumn + column, plus, 0, width);
            }
            for (int l = 0; l < depths; l++) {
                int kc = Math.min(DEPTH, endK - k0 - l * DEPTH);
                int b = l * DEPTH * wide + column * kc;
                int a = l * rowStrips * strip;
                for (int r = 0; r < rows; r += ROWS) {
                    int place = at + (firstRow + r) * n + firstColumn + column;
                    int height = Math.min(ROWS, rows - r);
                    tile(
                            height,
                            width,
                            whole,
                            lines,
                            a,
                            packed,
                            b,
                            kc,
                            place,
                            sums,
                            r * COLUMNS,
                            l == 0 && anew && k0 == 0,
                            l == 0,
                            l == depths - 1,
                            plus);
                    a += strip;
                }
            }
        }
        if (last) {
            ending.finish(c, at + firstRow * n + firstColumn, rows, columns, n);
        }
    }

    /** Strips of rows of the left operand, a block of {@link #DEPTH} k behind the other. */
    private void pack(int firstRow, int rowStrips, int k0, int endK, int strip, float[] lines) {
        int to = 0;
        for (int l = k0; l == k0 || l < endK; l += DEPTH) {
            int kc = Math.min(DEPTH, endK - l);
            for (int s = 0; s < rowStrips; s++) {
                int row = firstRow + s * ROWS;
                if (left.whole()) {
                    left.byRows(row, Math.min(ROWS, m - row), l, kc, ROWS, lines, to);
                } else {
                    // Lines beside the strip fill up the last vector; nobody reads them.
                    left.byK(row, Math.min(PITCH, m - row), l, kc, PITCH, lines, to);
                }
                to += strip;
            }
        }
    }

    /** A tile over a block of k: of C before the first block, to C after the last. */
    private void tile(
            int height,
            int width,
            boolean whole,
            float[] lines,
            int a,
            float[] packed,
            int b,
            int kc,
            int place,
            float[] sums,
            int sum,
            boolean fresh,
            boolean first,
            boolean last,
            float[] plus) {
        boolean direct = width == COLUMNS && height == VectorLanesF32.tileRows(height);
        if (first && !fresh && !direct) {
            // A tile that C does not wholly hold, by way of one that it does.
            for (int r = 0; r < height; r++) {
                System.arraycopy(c, place + r * n, sums, sum + r * COLUMNS, width);
            }
        }
        boolean fromC = first && direct;
        float[] start = fresh ? ZEROS : fromC ? c : sums;
        int startAt = fresh ? 0 : fromC ? place : sum;
        int startStep = fresh ? 0 : fromC ? n : COLUMNS;
        boolean toC = last && direct;
        float[] to = toC ? c : sums;
        int toAt = toC ? place : sum;
        int toStep = toC ? n : COLUMNS;
        float[] shift = last ? plus : NOTHING;
        tile(height, whole, lines, a, packed, b, kc, start, startAt, startStep, shift, to, toAt, toStep);
        if (last && !direct) {
            for (int r = 0; r < height; r++) {
                System.arraycopy(sums, sum + r * COLUMNS, c, place + r * n, width);
            }
        }
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
        switch (VectorLanesF32.tileRows(height)) {
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
