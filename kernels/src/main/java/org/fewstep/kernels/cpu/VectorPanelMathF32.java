package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Attention;

/** Products by {@link VectorMatMulF32}, rows of scores by {@link VectorSoftmaxF32} and {@link VectorSumsF32}. */
final class VectorPanelMathF32 implements PanelMathF32 {
    private static final float FLOPS_A_NANO = 50;

    static Prepared attention(Attention w, Threads threads) {
        return AttentionF32.prepare(w, threads, new VectorPanelMathF32(), FLOPS_A_NANO);
    }

    @Override
    public void multiply(float[] a, int rows, int k, float[] b, boolean transB, int n, float[] c, Threads threads) {
        VectorMatMulF32.multiply(a, rows, k, b, transB, n, c, threads);
    }

    @Override
    public void multiplyTurned(float[] a, int k, int rows, float[] b, int n, float[] c, Threads threads) {
        VectorMatMulF32.multiplyTurned(a, k, rows, b, n, c, threads);
    }

    @Override
    public void softmax(float[] x, int rows, int n) {
        VectorSoftmaxF32.inPlace(x, rows, n);
    }

    @Override
    public void dots(float[] a, float[] b, int rows, int n, float[] sums) {
        VectorSumsF32.dots(a, 0, b, 0, rows, n, sums);
    }
}
