package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What is done with rows of scores: maxima, exponentials, sums and scalar products, in vectors. Sums follow the tree of
 * {@link SumF64}, whatever the length of a vector.
 */
final class VectorRowsF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int LANES = SumF32.LANES;
    private static final int BLOCK = SumF32.BLOCK;

    /** Scratch slots: sums of blocks, the lanes of a sum or the last numbers of a row. */
    private static final int SUMS = 1;

    private static final int REST = 2;

    private VectorRowsF32() {}

    /** Greatest of n numbers, at least one; NaN if one of them is. */
    static float max(float[] x, int from, int n) {
        int whole = n / L * L;
        float max = Float.NEGATIVE_INFINITY;
        if (whole > 0) {
            float[] lanes = Scratch.mine().f32(REST, L);
            lanewiseMax(x, from, whole, lanes);
            // In halves: one maximum after another would wait for each.
            for (int half = L / 2; half > 0; half /= 2) {
                for (int i = 0; i < half; i++) {
                    lanes[i] = Math.max(lanes[i], lanes[i + half]);
                }
            }
            max = lanes[0];
        }
        for (int i = from + whole; i < from + n; i++) {
            max = Math.max(max, x[i]);
        }
        return max;
    }

    private static void lanewiseMax(float[] x, int from, int whole, float[] lanes) {
        FloatVector m = FloatVector.fromArray(S, x, from);
        for (int i = L; i < whole; i += L) {
            m = m.lanewise(VectorOperators.MAX, FloatVector.fromArray(S, x, from + i));
        }
        m.intoArray(lanes, 0);
    }

    /** {@code x[i] = e^(x[i] - shift)}. */
    static void exp(float[] x, int from, int n, float shift) {
        int whole = n / L * L;
        expWhole(x, from, whole, shift);
        if (whole < n) {
            float[] rest = Scratch.mine().f32(REST, L);
            System.arraycopy(x, from + whole, rest, 0, n - whole);
            expWhole(rest, 0, L, shift);
            System.arraycopy(rest, 0, x, from + whole, n - whole);
        }
    }

    private static void expWhole(float[] x, int from, int whole, float shift) {
        for (int i = from; i < from + whole; i += L) {
            VectorMathF32.exp(FloatVector.fromArray(S, x, i).sub(shift)).intoArray(x, i);
        }
    }

    /** Sum of n numbers. */
    static float sum(float[] x, int from, int n) {
        int blocks = SumF32.blocks(n);
        float[] sums = Scratch.mine().f32(SUMS, blocks);
        for (int b = 0; b < blocks; b++) {
            sums[b] = block(x, from + b * BLOCK, Math.min(BLOCK, n - b * BLOCK));
        }
        return SumF32.pairwise(sums, blocks);
    }

    /** Sum of {@code a[i] b[i]}. */
    static float dot(float[] a, float[] b, int from, int n) {
        int blocks = SumF32.blocks(n);
        float[] sums = Scratch.mine().f32(SUMS, blocks);
        float[] lanes = Scratch.mine().f32(REST, LANES);
        for (int block = 0; block < blocks; block++) {
            int first = from + block * BLOCK;
            int count = Math.min(BLOCK, n - block * BLOCK);
            int whole = count / LANES * LANES;
            for (int lane = 0; lane < LANES; lane += L) {
                products(a, b, first + lane, whole, lanes, lane);
            }
            for (int i = whole; i < count; i++) {
                lanes[i - whole] += a[first + i] * b[first + i];
            }
            sums[block] = SumF32.block(lanes, 0, LANES);
        }
        return SumF32.pairwise(sums, blocks);
    }

    private static void products(float[] a, float[] b, int from, int whole, float[] lanes, int lane) {
        FloatVector s = FloatVector.zero(S);
        for (int i = from; i < from + whole; i += LANES) {
            s = s.add(FloatVector.fromArray(S, a, i).mul(FloatVector.fromArray(S, b, i)));
        }
        s.intoArray(lanes, lane);
    }

    /** Sum of a block of at most 256 numbers, as {@link SumF32#block}. */
    static float block(float[] x, int from, int count) {
        float[] lanes = Scratch.mine().f32(REST, LANES);
        int whole = count / LANES * LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            terms(x, from + lane, whole, lanes, lane);
        }
        for (int i = whole; i < count; i++) {
            lanes[i - whole] += x[from + i];
        }
        return SumF32.block(lanes, 0, LANES);
    }

    private static void terms(float[] x, int from, int whole, float[] lanes, int lane) {
        FloatVector s = FloatVector.zero(S);
        for (int i = from; i < from + whole; i += LANES) {
            s = s.add(FloatVector.fromArray(S, x, i));
        }
        s.intoArray(lanes, lane);
    }

    /** {@code x[i] *= factor}. */
    static void scale(float[] x, int from, int n, float factor) {
        for (int i = from; i < from + n; i++) {
            x[i] *= factor;
        }
    }
}
