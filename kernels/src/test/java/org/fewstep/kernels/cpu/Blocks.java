package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;

/** Buffers with content on a device, and comparisons with expected numbers. */
record Blocks(Device device, DType dtype) {
    /** A buffer with these numbers. */
    Buffer of(double... values) {
        Buffer buffer = device.allocate(dtype, values.length);
        device.write(buffer, values, 0, values.length);
        return buffer;
    }

    /** A buffer full of NaN, so that a place that a kernel forgets is seen. */
    Buffer blank(int size) {
        double[] values = new double[size];
        Arrays.fill(values, Double.NaN);
        return of(values);
    }

    Buffer ints(int... values) {
        Buffer buffer = device.allocate(DType.I32, values.length);
        device.write(buffer, values, 0, values.length);
        return buffer;
    }

    double[] read(Buffer buffer) {
        double[] values = new double[buffer.size()];
        device.read(buffer, values, 0, values.length);
        return values;
    }

    /** Uniform numbers that F32 holds exactly. */
    static double[] random(long seed, int n, double low, double high) {
        java.util.Random random = new java.util.Random(seed);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    /** Distance of neighbouring numbers of the dtype near 1. */
    double epsilon() {
        return dtype == DType.F32 ? 0x1p-23 : 0x1p-52;
    }

    /** The number rounded to the dtype. */
    double rounded(double value) {
        return dtype == DType.F32 ? (float) value : value;
    }

    /** Distance of neighbouring numbers of the dtype near {@code value}. */
    double ulp(double value) {
        return dtype == DType.F32 ? Math.ulp((float) value) : Math.ulp(value);
    }

    /**
     * Fails when numbers differ by more than {@code tolerance}, each in its place; NaN equals NaN, infinities must be
     * equal.
     */
    static void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        double[] each = new double[expected.length];
        Arrays.fill(each, tolerance);
        assertClose(what, expected, actual, each);
    }

    /** As above with a tolerance for each number. */
    static void assertClose(String what, double[] expected, double[] actual, double[] tolerance) {
        if (expected.length != actual.length) {
            throw new AssertionError(what + ": got " + actual.length + " numbers, expected " + expected.length);
        }
        for (int i = 0; i < expected.length; i++) {
            if (!close(expected[i], actual[i], tolerance[i])) {
                fail(what + " at " + i, expected[i], actual[i], tolerance[i]);
            }
        }
    }

    static void assertClose(String what, double expected, double actual, double tolerance) {
        if (!close(expected, actual, tolerance)) {
            fail(what, expected, actual, tolerance);
        }
    }

    static boolean close(double expected, double actual, double tolerance) {
        if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            return Double.compare(expected, actual) == 0;
        }
        return Math.abs(expected - actual) <= tolerance;
    }

    private static void fail(String what, double expected, double actual, double tolerance) {
        throw new AssertionError(what + ": got " + actual + ", expected " + expected + " within " + tolerance);
    }

    static void assertSameBits(String what, double[] expected, double[] actual) {
        if (expected.length != actual.length) {
            throw new AssertionError(what + ": got " + actual.length + " numbers, expected " + expected.length);
        }
        for (int i = 0; i < expected.length; i++) {
            if (Double.doubleToLongBits(expected[i]) != Double.doubleToLongBits(actual[i])) {
                throw new AssertionError(
                        what + " at " + i + ": got " + actual[i] + ", expected the bits of " + expected[i]);
            }
        }
    }
}
