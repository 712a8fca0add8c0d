package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over each of some rows that lie one behind the other, by the tree of {@link SumF64}: its sixteen lanes are one
 * vector or several, whatever the machine prefers, so the bits are those of {@link SumF32}.
 */
final class VectorSumsF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int LANES = SumF32.LANES;
    private static final int BLOCK = SumF32.BLOCK;

    /** Scratch slots: zeros to be taken off; the lanes of each block of each row, the sums of the blocks of a row. */
    private static final int ZEROS = 3;

    private static final int PARTIAL = 4;
    private static final int SUMS = 5;

    private VectorSumsF32() {}

    /** {@code sums[r] =} the sum of row r of x (rows, n) at {@code at}. */
    static void rows(float[] x, int at, int rows, int n, float[] sums) {
        float[] partial = partial(rows, n);
        int step = SumF32.blocks(n) * LANES;
        for (int from = 0, to = 0; from < n; from += BLOCK, to += LANES) {
            int count = Math.min(BLOCK, n - from);
            for (int lane = 0; lane < LANES; lane += L) {
                lanes(x, at + from + lane, n, rows, count / LANES * LANES, partial, to + lane, step);
            }
            for (int i = count / LANES * LANES; i < count; i++) {
                for (int r = 0; r < rows; r++) {
                    partial[r * step + to + i % LANES] += x[at + r * n + from + i];
                }
            }
        }
        finish(partial, rows, n, sums);
    }

    /** {@code sums[r] =} the sum of u v over row r of u and v (rows, n). */
    static void dots(float[] u, int uAt, float[] v, int vAt, int rows, int n, float[] sums) {
        products(u, uAt, zeros(rows), v, vAt, rows, n, sums);
    }

    /** {@code sums[r] =} the sum of x^2 over row r of x (rows, n). */
    static void squares(float[] x, int at, int rows, int n, float[] sums) {
        squares(x, at, zeros(rows), rows, n, sums);
    }

    private static float[] zeros(int rows) {
        float[] zeros = Scratch.mine().f32(ZEROS, rows);
        Arrays.fill(zeros, 0, rows, 0f);
        return zeros;
    }

    /** {@code sums[r] =} the sum of (u - means[r]) v over row r of u and v (rows, n). */
    static void products(float[] u, int uAt, float[] means, float[] v, int vAt, int rows, int n, float[] sums) {
        float[] partial = partial(rows, n);
        int step = SumF32.blocks(n) * LANES;
        for (int from = 0, to = 0; from < n; from += BLOCK, to += LANES) {
            int count = Math.min(BLOCK, n - from);
            int whole = count / LANES * LANES;
            for (int lane = 0; lane < LANES; lane += L) {
                int place = from + lane;
                productLanes(u, uAt + place, means, v, vAt + place, n, rows, whole, partial, to + lane, step);
            }
            for (int i = whole; i < count; i++) {
                for (int r = 0; r < rows; r++) {
                    int place = r * n + from + i;
                    partial[r * step + to + i % LANES] += (u[uAt + place] - means[r]) * v[vAt + place];
                }
            }
        }
        finish(partial, rows, n, sums);
    }

    /** {@code sums[r] =} the sum of (x - means[r])^2 over row r of x (rows, n). */
    static void squares(float[] x, int at, float[] means, int rows, int n, float[] sums) {
        float[] partial = partial(rows, n);
        int step = SumF32.blocks(n) * LANES;
        for (int from = 0, to = 0; from < n; from += BLOCK, to += LANES) {
            int count = Math.min(BLOCK, n - from);
            for (int lane = 0; lane < LANES; lane += L) {
                squareLanes(x, at + from + lane, means, n, rows, count / LANES * LANES, partial, to + lane, step);
            }
            for (int i = count / LANES * LANES; i < count; i++) {
                for (int r = 0; r < rows; r++) {
                    float d = x[at + r * n + from + i] - means[r];
                    partial[r * step + to + i % LANES] += d * d;
                }
            }
        }
        finish(partial, rows, n, sums);
    }

    private static float[] partial(int rows, int n) {
        float[] partial = Scratch.mine().f32(PARTIAL, rows * SumF32.blocks(n) * LANES);
        if (n == 0) {
            Arrays.fill(partial, 0, rows * LANES, 0f);
        }
        return partial;
    }

    /** One vector of lanes of one block of each row: {@code whole} places from {@code at} on, every sixteenth. */
    private static void lanes(float[] x, int at, int n, int rows, int whole, float[] partial, int to, int step) {
        for (int r = 0; r < rows; r++) {
            int from = at + r * n;
            FloatVector s = FloatVector.zero(S);
            for (int i = from; i < from + whole; i += LANES) {
                s = s.add(FloatVector.fromArray(S, x, i));
            }
            s.intoArray(partial, to + r * step);
        }
    }

    private static void productLanes(
            float[] u,
            int uAt,
            float[] means,
            float[] v,
            int vAt,
            int n,
            int rows,
            int whole,
            float[] partial,
            int to,
            int step) {
        for (int r = 0; r < rows; r++) {
            int from = r * n;
            FloatVector s = FloatVector.zero(S);
            for (int i = from; i < from + whole; i += LANES) {
                FloatVector d = FloatVector.fromArray(S, u, uAt + i).sub(means[r]);
                s = s.add(d.mul(FloatVector.fromArray(S, v, vAt + i)));
            }
            s.intoArray(partial, to + r * step);
        }
    }

    private static void squareLanes(
            float[] x, int at, float[] means, int n, int rows, int whole, float[] partial, int to, int step) {
        for (int r = 0; r < rows; r++) {
            int from = at + r * n;
            FloatVector s = FloatVector.zero(S);
            for (int i = from; i < from + whole; i += LANES) {
                FloatVector d = FloatVector.fromArray(S, x, i).sub(means[r]);
                s = s.add(d.mul(d));
            }
            s.intoArray(partial, to + r * step);
        }
    }

    private static void finish(float[] partial, int rows, int n, float[] sums) {
        int blocks = SumF32.blocks(n);
        if (blocks == 1) {
            for (int r = 0; r < rows; r++) {
                sums[r] = halves(partial, r * LANES);
            }
            return;
        }
        float[] each = Scratch.mine().f32(SUMS, blocks);
        for (int r = 0; r < rows; r++) {
            for (int b = 0; b < blocks; b++) {
                each[b] = halves(partial, (r * blocks + b) * LANES);
            }
            sums[r] = SumF32.pairwise(each, blocks);
        }
    }

    /** Sixteen lanes in halves. */
    private static float halves(float[] s, int at) {
        float t0 = s[at] + s[at + 8];
        float t1 = s[at + 1] + s[at + 9];
        float t2 = s[at + 2] + s[at + 10];
        float t3 = s[at + 3] + s[at + 11];
        float t4 = s[at + 4] + s[at + 12];
        float t5 = s[at + 5] + s[at + 13];
        float t6 = s[at + 6] + s[at + 14];
        float t7 = s[at + 7] + s[at + 15];
        return ((t0 + t4) + (t2 + t6)) + ((t1 + t5) + (t3 + t7));
    }
}
