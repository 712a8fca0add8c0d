// twin: F32
package org.fewstep.kernels.cpu;

/** Products by EJML, exponentials by {@link StrictMath}. */
@SuppressWarnings("cast") // the casts narrow in the twin
final class EjmlPanelMathF64 implements PanelMathF64 {
    @Override
    public void multiply(double[] a, int rows, int k, double[] b, boolean transB, int n, double[] c, Threads threads) {
        EjmlProductF64.multiply(a, rows, k, b, transB, n, c);
    }

    @Override
    public void exp(double[] x, int from, int n, double shift) {
        for (int i = from; i < from + n; i++) {
            x[i] = (double) StrictMath.exp(x[i] - shift);
        }
    }
}
