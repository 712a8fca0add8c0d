package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Softmax;

/** F32 softmax with the exponentials of {@link LoopsMathF32}: several short rows, or a piece of a long one, at once. */
final class LoopsSoftmaxF32 {
    private static final int CHUNK = LoopsMathF32.CHUNK;

    /** Numbers a part, roughly. */
    private static final int PART = 8 * CHUNK;

    private static final int SUMS = 1;

    private LoopsSoftmaxF32() {}

    static Prepared prepare(Softmax w, Threads threads) {
        int n = w.n();
        if (w.code() == Softmax.Code.ALONG || n == 0) {
            return SoftmaxF32.prepare(w, threads);
        }
        boolean log = w.code() == Softmax.Code.LOG;
        float[] x = CpuBuffer.f32(w.x());
        float[] y = CpuBuffer.f32(w.out());
        int rows = w.rows();
        int together = Math.max(1, CHUNK / n);
        int group = Math.max(1, PART / (together * n)) * together;
        return Prepared.of(threads, (rows + group - 1) / group, 2L * rows * n, part -> {
            int last = Math.min(rows, (part + 1) * group);
            for (int row = part * group; row < last; row += together) {
                if (n <= CHUNK) {
                    shortRows(x, row * n, Math.min(together, last - row), n, log, y);
                } else {
                    longRow(x, row * n, n, log, y);
                }
            }
        });
    }

    private static void shortRows(float[] x, int from, int rows, int n, boolean log, float[] y) {
        LoopsMathF32 math = LoopsMathF32.mine();
        float[] sums = Scratch.mine().f32(SUMS, SumF32.blocks(CHUNK));
        System.arraycopy(x, from, math.x, 0, rows * n);
        for (int row = 0; row < rows; row++) {
            subtract(math.x, MaxF32.row(math.x, row * n, n), row * n, (row + 1) * n);
        }
        math.exp(rows * n);
        for (int row = 0; row < rows; row++) {
            int at = row * n;
            blockSums(math.y, at, n, sums, 0);
            float sum = SumF32.pairwise(sums, SumF32.blocks(n));
            if (log) {
                subtract(math.x, (float) StrictMath.log(sum), at, at + n);
            } else {
                divide(math.y, sum, at, at + n);
            }
        }
        System.arraycopy(log ? math.x : math.y, 0, y, from, rows * n);
    }

    private static void longRow(float[] x, int from, int n, boolean log, float[] y) {
        LoopsMathF32 math = LoopsMathF32.mine();
        float[] sums = Scratch.mine().f32(SUMS, SumF32.blocks(n));
        float max = MaxF32.row(x, from, n);
        for (int first = 0; first < n; first += CHUNK) {
            int count = Math.min(CHUNK, n - first);
            System.arraycopy(x, from + first, math.x, 0, count);
            subtract(math.x, max, 0, count);
            math.exp(count);
            blockSums(math.y, 0, count, sums, first / SumF32.BLOCK);
            System.arraycopy(log ? math.x : math.y, 0, y, from + first, count);
        }
        float sum = SumF32.pairwise(sums, SumF32.blocks(n));
        if (log) {
            subtract(y, (float) StrictMath.log(sum), from, from + n);
        } else {
            divide(y, sum, from, from + n);
        }
    }

    private static void blockSums(float[] x, int from, int n, float[] sums, int to) {
        for (int b = 0; b < SumF32.blocks(n); b++) {
            int first = b * SumF32.BLOCK;
            sums[to + b] = SumF32.block(x, from + first, Math.min(SumF32.BLOCK, n - first));
        }
    }

    private static void subtract(float[] x, float value, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            x[i] -= value;
        }
    }

    private static void divide(float[] x, float value, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            x[i] /= value;
        }
    }
}
