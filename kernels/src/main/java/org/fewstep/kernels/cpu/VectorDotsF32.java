package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Products with very few columns, as scalar products of rows of A with columns of B: the lanes run along k.
 *
 * <p>Sixteen chains of fma take k, k + 16, ... in order, the last ones short where K is no multiple of 16 (zeros fill the
 * gap); they are added in halves as in {@link SumF64}, then the bias. The order depends on K alone, and is the same for
 * every width of vectors.
 */
final class VectorDotsF32 {
    /** Most columns of B. */
    static final int MOST_COLUMNS = 4;

    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Independent chains. */
    private static final int CHAINS = SumF32.LANES;

    /** Rows a part. */
    private static final int PART = 64;

    /** Scratch slots: the columns of B, one after another (the caller's); the end of a row of A, the chains (a part's). */
    private static final int RIGHT = Scratch.CALLER + 1;

    private static final int TAIL = 4;
    private static final int SUMS = 5;

    private static final double FLOPS_A_NANO = 30;

    private VectorDotsF32() {}

    static void multiply(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bAt,
            int bColumn,
            int bK,
            float @Nullable [] bias,
            float[] c,
            int at,
            Threads threads) {
        int padded = (k + CHAINS - 1) / CHAINS * CHAINS;
        float[] right = Scratch.mine().f32(RIGHT, Math.max(1, n * padded));
        for (int j = 0; j < n; j++) {
            for (int l = 0; l < padded; l++) {
                right[j * padded + l] = l < k ? b[bAt + j * bColumn + l * bK] : 0;
            }
        }
        int whole = k / CHAINS * CHAINS;
        threads.run((m + PART - 1) / PART, (long) (2.0 * m * n * padded / FLOPS_A_NANO), part -> {
            float[] tail = Scratch.mine().f32(TAIL, CHAINS);
            float[] sums = Scratch.mine().f32(SUMS, CHAINS);
            for (int row = part * PART; row < Math.min(m, (part + 1) * PART); row++) {
                int from = aAt + row * aRow;
                for (int l = whole; l < padded; l++) {
                    tail[l - whole] = l < k ? a[from + l] : 0;
                }
                for (int j = 0; j < n; j++) {
                    float sum = dot(a, from, whole, tail, padded - whole, right, j * padded, sums);
                    c[at + row * n + j] = sum + (bias == null ? -0f : bias[j]);
                }
            }
        });
    }

    private static float dot(float[] a, int from, int whole, float[] tail, int rest, float[] b, int bAt, float[] sums) {
        for (int lane = 0; lane < CHAINS; lane += L) {
            FloatVector s = FloatVector.zero(S);
            for (int l = 0; l < whole; l += CHAINS) {
                s = FloatVector.fromArray(S, a, from + l + lane).fma(FloatVector.fromArray(S, b, bAt + l + lane), s);
            }
            for (int l = 0; l < rest; l += CHAINS) {
                s = FloatVector.fromArray(S, tail, lane).fma(FloatVector.fromArray(S, b, bAt + whole + lane), s);
            }
            s.intoArray(sums, lane);
        }
        return SumF32.block(sums, 0, CHAINS);
    }
}
