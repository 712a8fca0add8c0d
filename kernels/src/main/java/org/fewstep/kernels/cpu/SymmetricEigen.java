package org.fewstep.kernels.cpu;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues and vectors of a symmetric matrix, by EJML, and the roots that they give.
 *
 * @param values (n), in no order
 * @param vectors (n, n), row-major, a column each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SymmetricEigen(double[] values, double[] vectors) {
    /**
     * Decomposes a matrix.
     *
     * @param matrix (n, n), row-major; its two halves must be equal
     * @throws IllegalArgumentException when it is not square, or a number is not finite
     */
    public static SymmetricEigen of(double[] matrix, int n) {
        if (n < 1 || matrix.length != (long) n * n) {
            throw new IllegalArgumentException(
                    "symmetric eigen: got " + matrix.length + " numbers for n = " + n + "; expected n squared");
        }
        for (double value : matrix) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("symmetric eigen: got " + value + "; expected finite numbers");
            }
        }
        EigenDecomposition_F64<DMatrixRMaj> found = DecompositionFactory_DDRM.eig(n, true, true);
        if (!found.decompose(new DMatrixRMaj(n, n, true, matrix.clone()))) {
            throw new IllegalStateException("symmetric eigen: no convergence for a matrix of " + n + " rows");
        }
        double[] values = new double[n];
        double[] vectors = new double[n * n];
        for (int k = 0; k < n; k++) {
            values[k] = found.getEigenvalue(k).getReal();
            DMatrixRMaj vector = found.getEigenVector(k);
            for (int i = 0; i < n; i++) {
                vectors[i * n + k] = vector.get(i);
            }
        }
        return new SymmetricEigen(values, vectors);
    }

    /** The symmetric square root (n, n); values below 0, which rounding makes, count as 0. */
    public double[] root() {
        int n = values.length;
        double[] root = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += vectors[i * n + k] * Math.sqrt(Math.max(0, values[k])) * vectors[j * n + k];
                }
                root[i * n + j] = sum;
                root[j * n + i] = sum;
            }
        }
        return root;
    }

    /** Sum of the square roots of the values; those below 0 count as 0. */
    public double rootTrace() {
        double sum = 0;
        for (double value : values) {
            sum += Math.sqrt(Math.max(0, value));
        }
        return sum;
    }
}
