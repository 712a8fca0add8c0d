// twin: F32
package org.fewstep.kernels.cpu;

/** Products by EJML, exponentials by {@link StrictMath}. */
@SuppressWarnings("cast") // the casts narrow in the twin
final class EjmlPanelMathF64 implements PanelMathF64 {
    /** Scratch slot of a transposed operand. */
    private static final int TURNED = Scratch.ATTENTION + 14;

    @Override
    public void multiply(double[] a, int rows, int k, double[] b, boolean transB, int n, double[] c, Threads threads) {
        EjmlProductF64.multiply(a, rows, k, b, transB, n, c);
    }

    @Override
    public void multiplyTurned(double[] a, int k, int rows, double[] b, int n, double[] c, Threads threads) {
        double[] turned = Scratch.mine().f64(TURNED, rows * k);
        for (int l = 0; l < k; l++) {
            for (int r = 0; r < rows; r++) {
                turned[r * k + l] = a[l * rows + r];
            }
        }
        multiply(turned, rows, k, b, false, n, c, threads);
    }

    @Override
    public void softmax(double[] x, int rows, int n) {
        for (int from = 0; from < rows * n; from += n) {
            double max = MaxF64.row(x, from, n);
            for (int i = from; i < from + n; i++) {
                x[i] = (double) StrictMath.exp(x[i] - max);
            }
            double sum = DotF64.sum(x, from, n);
            for (int i = from; i < from + n; i++) {
                x[i] /= sum;
            }
        }
    }

    @Override
    public void dots(double[] a, double[] b, int rows, int n, double[] sums) {
        DotF64.rows(a, b, rows, n, sums);
    }
}
