package org.fewstep.kernels.cpu;

import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;

/**
 * EJML matrices as buffers, without a copy.
 *
 * <p>The buffer is the matrix' own array, so kernels write into the matrix, and what the caller writes into it between
 * two workloads is seen by the next one. While wrapped, the matrix must not be reshaped (EJML may then take another
 * array) nor be written while a workload runs. The caller holds the buffer once and ends that with
 * {@link Buffer#release}; the array then belongs to the matrix alone and never enters the pool.
 */
public final class EjmlBridge {
    private EjmlBridge() {}

    /** A buffer of {@code numRows * numCols} F32 elements, row-major, on the shared device. */
    public static Buffer wrap(FMatrixRMaj matrix) {
        return wrap(CpuDevice.shared(), matrix);
    }

    /** A buffer of {@code numRows * numCols} F64 elements, row-major, on the shared device. */
    public static Buffer wrap(DMatrixRMaj matrix) {
        return wrap(CpuDevice.shared(), matrix);
    }

    /** A buffer of {@code numRows * numCols} F32 elements, row-major, on the given device. */
    public static Buffer wrap(CpuDevice device, FMatrixRMaj matrix) {
        return device.wrap(DType.F32, matrix.getNumElements(), matrix.data, matrix.data.length);
    }

    /** A buffer of {@code numRows * numCols} F64 elements, row-major, on the given device. */
    public static Buffer wrap(CpuDevice device, DMatrixRMaj matrix) {
        return device.wrap(DType.F64, matrix.getNumElements(), matrix.data, matrix.data.length);
    }
}
