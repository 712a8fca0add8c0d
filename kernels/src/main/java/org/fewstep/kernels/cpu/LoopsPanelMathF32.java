package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Attention;

/** Products by {@link LoopsMatMulF32}, exponentials by {@link LoopsMathF32}. */
final class LoopsPanelMathF32 implements PanelMathF32 {
    private static final float FLOPS_A_NANO = 20;

    static Prepared attention(Attention w, Threads threads) {
        return AttentionF32.prepare(w, threads, new LoopsPanelMathF32(), FLOPS_A_NANO);
    }

    @Override
    public void multiply(float[] a, int rows, int k, float[] b, boolean transB, int n, float[] c, Threads threads) {
        LoopsMatMulF32.multiply(a, rows, k, b, transB, n, c, threads);
    }

    @Override
    public void multiplyTurned(float[] a, int k, int rows, float[] b, int n, float[] c, Threads threads) {
        LoopsMatMulF32.multiplyTurned(a, k, rows, b, n, c, threads);
    }

    @Override
    public void softmax(float[] x, int rows, int n) {
        for (int from = 0; from < rows * n; from += n) {
            exp(x, from, n, MaxF32.row(x, from, n));
            float sum = DotF32.sum(x, from, n);
            for (int i = from; i < from + n; i++) {
                x[i] /= sum;
            }
        }
    }

    @Override
    public void dots(float[] a, float[] b, int rows, int n, float[] sums) {
        DotF32.rows(a, b, rows, n, sums);
    }

    private static void exp(float[] x, int from, int n, float shift) {
        LoopsMathF32 math = LoopsMathF32.mine();
        for (int first = from; first < from + n; first += LoopsMathF32.CHUNK) {
            int count = Math.min(LoopsMathF32.CHUNK, from + n - first);
            System.arraycopy(x, first, math.x, 0, count);
            subtract(math.x, shift, count);
            math.exp(count);
            System.arraycopy(math.y, 0, x, first, count);
        }
    }

    private static void subtract(float[] x, float shift, int n) {
        for (int i = 0; i < n; i++) {
            x[i] -= shift;
        }
    }
}
