package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with very few columns, as scalar products of rows of A with columns of B: the lanes run along k.
 *
 * <p>Sixteen chains of fma take k, k + 16, ... in order, the last ones short where K is no multiple of 16 (zeros fill the
 * gap); they are added in halves as in {@link SumF64}, then the bias. The order depends on K alone, and is the same for
 * every width of vectors.
 */
final class VectorDotsF32 implements IntConsumer {
    /** Most columns of B. */
    static final int MOST_COLUMNS = 4;

    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Chains of a scalar product. */
    private static final int CHAINS = SumF32.LANES;

    /** Rows at a time: an fma waits for the one before it, four chains of them do not wait for each other. */
    private static final int TOGETHER = 4;

    /** Rows a part. */
    private static final int PART = 64;

    /** Scratch slots: the columns of B, one after another (the caller's); the ends of rows of A, the chains (a part's). */
    private static final int RIGHT = Scratch.CALLER + 1;

    private static final int TAILS = 4;
    private static final int SUMS = 5;

    private static final double FLOPS_A_NANO = 30;

    private static final ThreadLocal<VectorDotsF32> MINE = ThreadLocal.withInitial(VectorDotsF32::new);

    private int m;
    private int n;
    private int k;
    private VectorMatrixF32 left = new VectorMatrixF32();
    private VectorEndingF32 ending = VectorEndingF32.NONE;
    private float[] c = {};
    private int at;

    /** The columns of B, each padded with zeros to whole chains. */
    private float[] columns = {};

    private VectorDotsF32() {}

    /** This thread's object: a product needs no new one. */
    static VectorDotsF32 mine() {
        return MINE.get();
    }

    void multiply(
            int m,
            int n,
            int k,
            VectorMatrixF32 left,
            VectorMatrixF32 right,
            VectorEndingF32 ending,
            float[] c,
            int at,
            Threads threads) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.left = left;
        this.ending = ending;
        this.c = c;
        this.at = at;
        int padded = padded();
        columns = Scratch.mine().f32(RIGHT, Math.max(1, n * padded));
        for (int j = 0; j < n; j++) {
            int place = right.at() + j * right.lineStep();
            for (int l = 0; l < padded; l++) {
                columns[j * padded + l] = l < k ? right.x()[place + l * right.kStep()] : 0;
            }
        }
        threads.run((m + PART - 1) / PART, (long) (2.0 * m * n * padded / FLOPS_A_NANO), this);
    }

    private int padded() {
        return (k + CHAINS - 1) / CHAINS * CHAINS;
    }

    /** Some rows. */
    @Override
    public void accept(int part) {
        int whole = k / CHAINS * CHAINS;
        int padded = padded();
        float[] tails = Scratch.mine().f32(TAILS, TOGETHER * CHAINS);
        float[] sums = Scratch.mine().f32(SUMS, TOGETHER * CHAINS);
        int end = Math.min(m, (part + 1) * PART);
        int row = part * PART;
        while (row < end) {
            // The last rows, fewer than four, are computed one by one, each four times.
            int count = end - row >= TOGETHER ? TOGETHER : 1;
            int from = left.at() + row * left.lineStep();
            int step = count == 1 ? 0 : left.lineStep();
            for (int r = 0; r < TOGETHER; r++) {
                for (int l = whole; l < padded; l++) {
                    tails[r * CHAINS + l - whole] = l < k ? left.x()[from + r * step + l] : 0;
                }
            }
            for (int j = 0; j < n; j++) {
                dots(left.x(), from, step, whole, tails, columns, j * padded, padded, sums);
                float shift = ending.shift(j);
                for (int r = 0; r < count; r++) {
                    c[at + (row + r) * n + j] = SumF32.block(sums, r * CHAINS, CHAINS) + shift;
                }
            }
            row += count;
        }
        ending.finish(c, at + part * PART * n, end - part * PART, n, n);
    }

    /** The chains of four rows, {@code step} apart, with one column. */
    private static void dots(
            float[] a, int from, int step, int whole, float[] tails, float[] b, int bAt, int padded, float[] sums) {
        for (int lane = 0; lane < CHAINS; lane += L) {
            FloatVector s0 = FloatVector.zero(S);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int l = 0; l < whole; l += CHAINS) {
                FloatVector y = FloatVector.fromArray(S, b, bAt + lane + l);
                int p = from + lane + l;
                s0 = FloatVector.fromArray(S, a, p).fma(y, s0);
                s1 = FloatVector.fromArray(S, a, p + step).fma(y, s1);
                s2 = FloatVector.fromArray(S, a, p + 2 * step).fma(y, s2);
                s3 = FloatVector.fromArray(S, a, p + 3 * step).fma(y, s3);
            }
            for (int l = whole; l < padded; l += CHAINS) {
                FloatVector y = FloatVector.fromArray(S, b, bAt + lane + l);
                s0 = FloatVector.fromArray(S, tails, lane).fma(y, s0);
                s1 = FloatVector.fromArray(S, tails, lane + CHAINS).fma(y, s1);
                s2 = FloatVector.fromArray(S, tails, lane + 2 * CHAINS).fma(y, s2);
                s3 = FloatVector.fromArray(S, tails, lane + 3 * CHAINS).fma(y, s3);
            }
            s0.intoArray(sums, lane);
            s1.intoArray(sums, lane + CHAINS);
            s2.intoArray(sums, lane + 2 * CHAINS);
            s3.intoArray(sums, lane + 3 * CHAINS);
        }
    }
}
