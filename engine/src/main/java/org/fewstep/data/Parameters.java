package org.fewstep.data;

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
}
