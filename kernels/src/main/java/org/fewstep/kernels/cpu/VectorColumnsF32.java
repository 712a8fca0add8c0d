package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums down the columns of a block of at most 256 rows, by the tree of {@link SumF64}: lane l of a column adds rows l, l +
 * 16, ..., the lanes of one column stand a row's width apart.
 */
final class VectorColumnsF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int LANES = SumF32.LANES;

    /** Scratch slot. */
    private static final int COLUMNS = 6;

    private VectorColumnsF32() {}

    /**
     * {@code y[to .. to + width - 1] =} the sums down a block of rows of {@code width} numbers, {@code step} apart.
     *
     * @param rows at most 256
     */
    static void sums(float[] x, int at, int step, int rows, int width, boolean squares, float[] y, int to) {
        float[] lanes = Scratch.mine().f32(COLUMNS, LANES * width);
        Arrays.fill(lanes, 0, LANES * width, 0f);
        add(x, at, step, rows, width, squares, lanes);
        finish(lanes, rows, width, y, to);
    }

    /** Adds rows to the lanes (16, width), the first to lane 0. */
    static void add(float[] x, int at, int step, int rows, int width, boolean squares, float[] lanes) {
        int round = LANES * step;
        int rest = rows % LANES;
        if (step == width) {
            // Rows without a gap between them are one long row.
            line(x, at, round, rows / LANES, round, squares, lanes, 0);
            line(x, at + rows / LANES * round, round, 1, rest * width, squares, lanes, 0);
            return;
        }
        for (int lane = 0; lane < Math.min(rows, LANES); lane++) {
            int rounds = rows / LANES + (lane < rest ? 1 : 0);
            line(x, at + lane * step, round, rounds, width, squares, lanes, lane * width);
        }
    }

    /** Adds {@code rounds} lines of numbers, {@code round} apart, one after another. */
    private static void line(
            float[] x, int at, int round, int rounds, int length, boolean squares, float[] lanes, int to) {
        int k = 0;
        for (; k + 4 <= rounds; k += 4) {
            if (squares) {
                fourSquares(x, at + k * round, round, length, lanes, to);
            } else {
                four(x, at + k * round, round, length, lanes, to);
            }
        }
        for (; k < rounds; k++) {
            if (squares) {
                oneSquare(x, at + k * round, length, lanes, to);
            } else {
                one(x, at + k * round, length, lanes, to);
            }
        }
    }

    private static void four(float[] x, int at, int round, int length, float[] lanes, int to) {
        int whole = length / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector s = FloatVector.fromArray(S, lanes, to + i).add(FloatVector.fromArray(S, x, at + i));
            s = s.add(FloatVector.fromArray(S, x, at + round + i));
            s = s.add(FloatVector.fromArray(S, x, at + 2 * round + i));
            s.add(FloatVector.fromArray(S, x, at + 3 * round + i)).intoArray(lanes, to + i);
        }
        for (int i = whole; i < length; i++) {
            lanes[to + i] += x[at + i];
            lanes[to + i] += x[at + round + i];
            lanes[to + i] += x[at + 2 * round + i];
            lanes[to + i] += x[at + 3 * round + i];
        }
    }

    private static void fourSquares(float[] x, int at, int round, int length, float[] lanes, int to) {
        int whole = length / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector x0 = FloatVector.fromArray(S, x, at + i);
            FloatVector x1 = FloatVector.fromArray(S, x, at + round + i);
            FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * round + i);
            FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * round + i);
            FloatVector s =
                    FloatVector.fromArray(S, lanes, to + i).add(x0.mul(x0)).add(x1.mul(x1));
            s.add(x2.mul(x2)).add(x3.mul(x3)).intoArray(lanes, to + i);
        }
        for (int i = whole; i < length; i++) {
            for (int k = 0; k < 4; k++) {
                float v = x[at + k * round + i];
                lanes[to + i] += v * v;
            }
        }
    }

    private static void one(float[] x, int at, int length, float[] lanes, int to) {
        int whole = length / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector s = FloatVector.fromArray(S, lanes, to + i);
            s.add(FloatVector.fromArray(S, x, at + i)).intoArray(lanes, to + i);
        }
        for (int i = whole; i < length; i++) {
            lanes[to + i] += x[at + i];
        }
    }

    private static void oneSquare(float[] x, int at, int length, float[] lanes, int to) {
        int whole = length / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, at + i);
            FloatVector.fromArray(S, lanes, to + i).add(v.mul(v)).intoArray(lanes, to + i);
        }
        for (int i = whole; i < length; i++) {
            lanes[to + i] += x[at + i] * x[at + i];
        }
    }

    /** {@code y[to .. to + width - 1] =} the sums of the lanes of {@code rows} rows, which are used up. */
    static void finish(float[] lanes, int rows, int width, float[] y, int to) {
        int used = Math.min(rows, LANES);
        for (int half = LANES / 2; half > 0; half /= 2) {
            one(lanes, half * width, Math.max(0, Math.min(half, used - half)) * width, lanes, 0);
        }
        System.arraycopy(lanes, 0, y, to, width);
    }

    /** {@code y[to .. to + width - 1] =} the greatest of each column, NaN if one is NaN. */
    static void maxima(float[] x, int at, int step, int rows, int width, float[] y, int to) {
        int whole = width / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector m = FloatVector.fromArray(S, x, at + i);
            for (int r = 1; r < rows; r++) {
                m = m.max(FloatVector.fromArray(S, x, at + r * step + i));
            }
            m.intoArray(y, to + i);
        }
        for (int i = whole; i < width; i++) {
            float m = x[at + i];
            for (int r = 1; r < rows; r++) {
                m = Math.max(m, x[at + r * step + i]);
            }
            y[to + i] = m;
        }
    }
}
