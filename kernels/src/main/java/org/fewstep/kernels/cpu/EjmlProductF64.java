package org.fewstep.kernels.cpu;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** One EJML product on arrays. EJML chooses its loops by the columns of B alone and adds along k in order. */
final class EjmlProductF64 {
    private EjmlProductF64() {}

    /**
     * C = A op(B) on the starts of the arrays.
     *
     * @param a (rows, k)
     * @param b (k, n), or (n, k) if transposed
     * @param c (rows, n)
     */
    static void multiply(double[] a, int rows, int k, double[] b, boolean transB, int n, double[] c) {
        DMatrixRMaj left = DMatrixRMaj.wrap(rows, k, a);
        DMatrixRMaj result = DMatrixRMaj.wrap(rows, n, c);
        if (transB) {
            CommonOps_DDRM.multTransB(left, DMatrixRMaj.wrap(n, k, b), result);
        } else {
            CommonOps_DDRM.mult(left, DMatrixRMaj.wrap(k, n, b), result);
        }
    }
}
