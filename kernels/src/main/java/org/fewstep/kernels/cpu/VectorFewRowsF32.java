package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of few rows with a B whose rows lie in one piece: B is read once, where it is. One row takes eight vectors of
 * columns at a time, more rows take four by four; the order of an element's sum is that of {@link VectorMatMulF32}.
 */
final class VectorFewRowsF32 implements IntConsumer {
    /** Most rows of A. */
    static final int MOST_ROWS = 4;

    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Columns a part: the widest strip. */
    private static final int STRIP = 8 * L;

    /** Scratch slots: A packed (k, 4), the caller's; the last columns of B, their result, a piece of bias, a part's. */
    private static final int LEFT = Scratch.CALLER + 1;

    private static final int EDGE = 4;
    private static final int RESULT = 5;
    private static final int BIAS = 6;

    private static final double FLOPS_A_NANO = 40;

    private static final ThreadLocal<VectorFewRowsF32> MINE = ThreadLocal.withInitial(VectorFewRowsF32::new);

    private int m;
    private int n;
    private int k;
    private VectorMatrixF32 columns = new VectorMatrixF32();
    private VectorEndingF32 ending = VectorEndingF32.NONE;
    private float[] c = {};
    private int at;

    /** A: as it lies for one row, else packed. */
    private float[] left = {};

    private int leftAt;
    private int lines;

    private VectorFewRowsF32() {}

    /** This thread's object: a product needs no new one. */
    static VectorFewRowsF32 mine() {
        return MINE.get();
    }

    void multiply(
            int m,
            int n,
            int k,
            VectorMatrixF32 rows,
            VectorMatrixF32 columns,
            VectorEndingF32 ending,
            float[] c,
            int at,
            Threads threads) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.columns = columns;
        this.ending = ending;
        this.c = c;
        this.at = at;
        lines = m == 1 ? 1 : MOST_ROWS;
        if (m == 1 && rows.kStep() == 1) {
            left = rows.x();
            leftAt = rows.at();
        } else {
            left = Scratch.mine().f32(LEFT, Math.max(1, k * lines));
            leftAt = 0;
            rows.byK(0, m, 0, k, lines, left, 0);
        }
        threads.run((n + STRIP - 1) / STRIP, (long) (2.0 * m * n * k / FLOPS_A_NANO), this);
    }

    /** A strip of columns. */
    @Override
    public void accept(int part) {
        float[] b = columns.x();
        int bAt = columns.at();
        int bK = columns.kStep();
        int column = part * STRIP;
        int end = Math.min(n, column + STRIP);
        float[] result = Scratch.mine().f32(RESULT, MOST_ROWS * STRIP);
        float[] plus = Scratch.mine().f32(BIAS, STRIP);
        for (int j = column; j < end; j++) {
            plus[j - column] = ending.shift(j);
        }
        if (lines == 1 && end - column == STRIP) {
            oneByEight(left, leftAt, k, b, bAt + column, bK, plus, c, at + column);
            ending.finish(c, at + column, 1, STRIP, n);
            return;
        }
        int j = column;
        for (; j + 4 * L <= end; j += 4 * L) {
            int p = j - column;
            if (lines == 1) {
                oneByFour(left, leftAt, k, b, bAt + j, bK, plus, p, result, 0);
            } else {
                fourByFour(left, leftAt, k, b, bAt + j, bK, plus, p, result);
            }
            for (int r = 0; r < m; r++) {
                System.arraycopy(result, r * 4 * L, c, at + r * n + j, 4 * L);
            }
        }
        for (; j < end; j += L) {
            // The last columns go through a copy of one vector a row.
            int width = Math.min(L, end - j);
            float[] edge = b;
            int edgeAt = bAt + j;
            int edgeStep = bK;
            if (width < L) {
                edge = Scratch.mine().f32(EDGE, Math.max(1, k * L));
                edgeAt = 0;
                edgeStep = L;
                columns.byK(j, width, 0, k, L, edge, 0);
            }
            for (int r = 0; r < m; r++) {
                one(left, leftAt + r, lines, k, edge, edgeAt, edgeStep, plus, j - column, result);
                System.arraycopy(result, 0, c, at + r * n + j, width);
            }
        }
        ending.finish(c, at + column, m, end - column, n);
    }

    private static void oneByEight(
            float[] a, int aAt, int k, float[] b, int bAt, int bK, float[] plus, float[] to, int toAt) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        for (int l = 0; l < k; l++) {
            FloatVector x = FloatVector.broadcast(S, a[aAt + l]);
            int p = bAt + l * bK;
            c0 = x.fma(FloatVector.fromArray(S, b, p), c0);
            c1 = x.fma(FloatVector.fromArray(S, b, p + L), c1);
            c2 = x.fma(FloatVector.fromArray(S, b, p + 2 * L), c2);
            c3 = x.fma(FloatVector.fromArray(S, b, p + 3 * L), c3);
            c4 = x.fma(FloatVector.fromArray(S, b, p + 4 * L), c4);
            c5 = x.fma(FloatVector.fromArray(S, b, p + 5 * L), c5);
            c6 = x.fma(FloatVector.fromArray(S, b, p + 6 * L), c6);
            c7 = x.fma(FloatVector.fromArray(S, b, p + 7 * L), c7);
        }
        c0.add(FloatVector.fromArray(S, plus, 0)).intoArray(to, toAt);
        c1.add(FloatVector.fromArray(S, plus, L)).intoArray(to, toAt + L);
        c2.add(FloatVector.fromArray(S, plus, 2 * L)).intoArray(to, toAt + 2 * L);
        c3.add(FloatVector.fromArray(S, plus, 3 * L)).intoArray(to, toAt + 3 * L);
        c4.add(FloatVector.fromArray(S, plus, 4 * L)).intoArray(to, toAt + 4 * L);
        c5.add(FloatVector.fromArray(S, plus, 5 * L)).intoArray(to, toAt + 5 * L);
        c6.add(FloatVector.fromArray(S, plus, 6 * L)).intoArray(to, toAt + 6 * L);
        c7.add(FloatVector.fromArray(S, plus, 7 * L)).intoArray(to, toAt + 7 * L);
    }

    private static void oneByFour(
            float[] a, int aAt, int k, float[] b, int bAt, int bK, float[] plus, int plusAt, float[] to, int toAt) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int l = 0; l < k; l++) {
            FloatVector x = FloatVector.broadcast(S, a[aAt + l]);
            int p = bAt + l * bK;
            c0 = x.fma(FloatVector.fromArray(S, b, p), c0);
            c1 = x.fma(FloatVector.fromArray(S, b, p + L), c1);
            c2 = x.fma(FloatVector.fromArray(S, b, p + 2 * L), c2);
            c3 = x.fma(FloatVector.fromArray(S, b, p + 3 * L), c3);
        }
        c0.add(FloatVector.fromArray(S, plus, plusAt)).intoArray(to, toAt);
        c1.add(FloatVector.fromArray(S, plus, plusAt + L)).intoArray(to, toAt + L);
        c2.add(FloatVector.fromArray(S, plus, plusAt + 2 * L)).intoArray(to, toAt + 2 * L);
        c3.add(FloatVector.fromArray(S, plus, plusAt + 3 * L)).intoArray(to, toAt + 3 * L);
    }

    private static void one(
            float[] a, int aAt, int aK, int k, float[] b, int bAt, int bK, float[] plus, int plusAt, float[] to) {
        FloatVector c = FloatVector.zero(S);
        for (int l = 0; l < k; l++) {
            c = FloatVector.broadcast(S, a[aAt + l * aK]).fma(FloatVector.fromArray(S, b, bAt + l * bK), c);
        }
        c.add(FloatVector.fromArray(S, plus, plusAt)).intoArray(to, 0);
    }

    /** Rows of A packed (k, 4); the result is (4, four vectors). */
    private static void fourByFour(
            float[] a, int aAt, int k, float[] b, int bAt, int bK, float[] plus, int plusAt, float[] to) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c03 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c13 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c22 = FloatVector.zero(S);
        FloatVector c23 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c32 = FloatVector.zero(S);
        FloatVector c33 = FloatVector.zero(S);
        for (int l = 0; l < k; l++) {
            int p = bAt + l * bK;
            int q = aAt + 4 * l;
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector b2 = FloatVector.fromArray(S, b, p + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, p + 3 * L);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            c03 = a0.fma(b3, c03);
            FloatVector a1 = FloatVector.broadcast(S, a[q + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            c13 = a1.fma(b3, c13);
            FloatVector a2 = FloatVector.broadcast(S, a[q + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            c23 = a2.fma(b3, c23);
            FloatVector a3 = FloatVector.broadcast(S, a[q + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
            c33 = a3.fma(b3, c33);
        }
        FloatVector p0 = FloatVector.fromArray(S, plus, plusAt);
        FloatVector p1 = FloatVector.fromArray(S, plus, plusAt + L);
        FloatVector p2 = FloatVector.fromArray(S, plus, plusAt + 2 * L);
        FloatVector p3 = FloatVector.fromArray(S, plus, plusAt + 3 * L);
        c00.add(p0).intoArray(to, 0);
        c01.add(p1).intoArray(to, L);
        c02.add(p2).intoArray(to, 2 * L);
        c03.add(p3).intoArray(to, 3 * L);
        c10.add(p0).intoArray(to, 4 * L);
        c11.add(p1).intoArray(to, 5 * L);
        c12.add(p2).intoArray(to, 6 * L);
        c13.add(p3).intoArray(to, 7 * L);
        c20.add(p0).intoArray(to, 8 * L);
        c21.add(p1).intoArray(to, 9 * L);
        c22.add(p2).intoArray(to, 10 * L);
        c23.add(p3).intoArray(to, 11 * L);
        c30.add(p0).intoArray(to, 12 * L);
        c31.add(p1).intoArray(to, 13 * L);
        c32.add(p2).intoArray(to, 14 * L);
        c33.add(p3).intoArray(to, 15 * L);
    }
}
