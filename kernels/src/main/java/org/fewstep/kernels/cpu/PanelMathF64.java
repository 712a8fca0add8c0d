// twin: F32
package org.fewstep.kernels.cpu;

/** The inner jobs of attention, done by each provider in its own way. */
interface PanelMathF64 {
    /**
     * C = A op(B) on the starts of the arrays; the k products of an element are added in an order fixed by k and n.
     *
     * @param a (rows, k)
     * @param b (k, n), or (n, k) if transposed
     * @param c (rows, n)
     */
    void multiply(double[] a, int rows, int k, double[] b, boolean transB, int n, double[] c, Threads threads);

    /**
     * C = A^T B on the starts of the arrays.
     *
     * @param a (k, rows)
     * @param b (k, n)
     * @param c (rows, n)
     */
    void multiplyTurned(double[] a, int k, int rows, double[] b, int n, double[] c, Threads threads);

    /** Each of the rows of n scores at the start of x becomes its softmax. */
    void softmax(double[] x, int rows, int n);

    /** {@code sums[r] =} sum of {@code a[r n + i] b[r n + i]} over row r of the (rows, n) at the starts of a and b. */
    void dots(double[] a, double[] b, int rows, int n, double[] sums);
}
