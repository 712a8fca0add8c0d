package org.fewstep.kernels.cpu;

import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** One EJML product on arrays. EJML chooses its loops by the columns of B alone and adds along k in order. */
final class EjmlProductF32 {
    private EjmlProductF32() {}

    /**
     * C = A op(B) on the starts of the arrays.
     *
     * @param a (rows, k)
     * @param b (k, n), or (n, k) if transposed
     * @param c (rows, n)
     */
    static void multiply(float[] a, int rows, int k, float[] b, boolean transB, int n, float[] c) {
        FMatrixRMaj left = FMatrixRMaj.wrap(rows, k, a);
        FMatrixRMaj result = FMatrixRMaj.wrap(rows, n, c);
        if (transB) {
            CommonOps_FDRM.multTransB(left, FMatrixRMaj.wrap(n, k, b), result);
        } else {
            CommonOps_FDRM.mult(left, FMatrixRMaj.wrap(k, n, b), result);
        }
    }
}
