package org.fewstep.data;

import org.jspecify.annotations.Nullable;

/** Checks shared by the distributions and datasets of this package. */
final class Parameters {
    private Parameters() {}

    static void requirePositive(String op, String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    op + ": got " + name + " " + value + "; expected a finite number above 0");
        }
    }

    static void requireNotNegative(String op, String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    op + ": got " + name + " " + value + "; expected a finite number of at least 0");
        }
    }

    /** {@code xy} must be (count, 2). */
    static void requireLength(String op, int count, float[] xy) {
        if (xy.length != 2L * count) {
            throw new IllegalArgumentException(op + ": got an array of length " + xy.length + " for " + count
                    + " samples; expected 2 coordinates a sample");
        }
    }

    /** The arguments of {@link Dataset#read}, for samples of {@code values} numbers. */
    static void requireBatch(String op, long[] indices, long size, int values, float[] x, int @Nullable [] labels) {
        if (x.length != (long) indices.length * values) {
            throw new IllegalArgumentException(op + ": got x of length " + x.length + " for " + indices.length
                    + " samples; expected " + values + " values a sample");
        }
        if (labels != null && labels.length != indices.length) {
            throw new IllegalArgumentException(op + ": got " + labels.length + " labels for " + indices.length
                    + " samples; expected one a sample, or null");
        }
        for (long index : indices) {
            if (index < 0 || index >= size) {
                throw new IllegalArgumentException(op + ": got index " + index + "; expected 0 .. " + (size - 1));
            }
        }
    }
}
