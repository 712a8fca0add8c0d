package org.fewstep.kernels;

/**
 * How an operand of an {@link Elementwise} workload lies in its buffer: element {@code (i0, i1, ...)} of the iteration
 * stands at {@code offset + i0 * strides[0] + i1 * strides[1] + ...}. Stride 0 broadcasts.
 */
public record Layout(Buffer buffer, int offset, int[] strides) {
    /** A contiguous row-major operand of the given shape. */
    public static Layout contiguous(Buffer buffer, int... shape) {
        return new Layout(buffer, 0, rowMajor(shape));
    }

    /**
     * An operand of shape {@code shape}, broadcast to {@code to} by NumPy's rule (shapes aligned at the right, size 1
     * repeats).
     */
    public static Layout broadcast(Buffer buffer, int[] shape, int[] to) {
        int[] own = rowMajor(shape);
        int[] strides = new int[to.length];
        int shift = to.length - shape.length;
        for (int d = 0; d < shape.length; d++) {
            strides[d + shift] = shape[d] == 1 ? 0 : own[d];
        }
        return new Layout(buffer, 0, strides);
    }

    /** Row-major strides of a shape. */
    public static int[] rowMajor(int... shape) {
        int[] strides = new int[shape.length];
        int step = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = step;
            step *= shape[d];
        }
        return strides;
    }

    /** True when the operand is walked in order from its buffer's first element; strides of size 1 do not matter. */
    boolean isRowMajor(int[] shape) {
        if (offset != 0 || strides.length != shape.length) {
            return false;
        }
        int step = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (shape[d] != 1 && strides[d] != step) {
                return false;
            }
            step *= shape[d];
        }
        return true;
    }
}
