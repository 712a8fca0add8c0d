package org.fewstep.tensor;

import java.util.Arrays;

/** Sizes of a tensor's dimensions, outermost first; {@code ()} is a scalar. Immutable. */
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0], 1);

    private final int[] sizes;
    private final int count;

    private Shape(int[] sizes, int count) {
        this.sizes = sizes;
        this.count = count;
    }

    /**
     * A shape of the given sizes.
     *
     * @throws IllegalArgumentException when a size is negative or there are more than 2^31-1 elements
     */
    public static Shape of(int... sizes) {
        if (sizes.length == 0) {
            return SCALAR;
        }
        long count = 1;
        for (int n : sizes) {
            if (n < 0) {
                throw new IllegalArgumentException(
                        "shape: got " + Arrays.toString(sizes) + "; expected sizes of at least 0");
            }
            count *= n;
            if (count > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "shape: got " + Arrays.toString(sizes) + "; expected at most 2^31-1 elements");
            }
        }
        return new Shape(sizes.clone(), (int) count);
    }

    public int rank() {
        return sizes.length;
    }

    /** Size of dimension {@code d}; negative d counts from the end. */
    public int dim(int d) {
        return sizes[axis(d)];
    }

    /** The non-negative form of an axis. */
    public int axis(int d) {
        int axis = d < 0 ? d + sizes.length : d;
        if (axis < 0 || axis >= sizes.length) {
            throw new IllegalArgumentException(
                    "shape: got axis " + d + "; expected one of the " + sizes.length + " axes of " + this);
        }
        return axis;
    }

    /** Number of elements. */
    public int count() {
        return count;
    }

    /** A fresh array of the sizes. */
    public int[] sizes() {
        return sizes.clone();
    }

    /**
     * The shape that both broadcast to by NumPy's rule: aligned at the right, size 1 repeats.
     *
     * @param what the operation, named in the error
     */
    public static Shape broadcast(String what, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] sizes = new int[rank];
        for (int d = 1; d <= rank; d++) {
            int m = d <= a.rank() ? a.sizes[a.rank() - d] : 1;
            int n = d <= b.rank() ? b.sizes[b.rank() - d] : 1;
            if (m != n && m != 1 && n != 1) {
                throw new IllegalArgumentException(what + ": got lhs " + a + ", rhs " + b
                        + "; expected sizes that are equal or 1, aligned at the right; reshape or expand one of them");
            }
            sizes[rank - d] = m == 1 ? n : m;
        }
        return of(sizes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(sizes, s.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** As {@code (4, 3)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("(");
        for (int d = 0; d < sizes.length; d++) {
            text.append(d == 0 ? "" : ", ").append(sizes[d]);
        }
        return text.append(')').toString();
    }
}
