package org.fewstep.kernels;

import java.util.List;

/**
 * Reduction over the middle axis of a row-major (outer, n, inner) block to (outer, inner).
 *
 * <p>Sums follow a tree that is fixed by n and dtype, so the bits do not depend on outer, inner or threads.
 */
public final class Reduce extends Workload {
    /** What is computed of the n numbers. */
    public enum Code {
        /** scale times the sum */
        SUM,
        /** scale times the sum of squares */
        SUM_SQUARES,
        /** the greatest; NaN if one is NaN */
        MAX,
        /** place (I32) of the greatest: the first of equals, the first NaN if there is one */
        ARG_MAX
    }

    private final Code code;
    private final int outer;
    private final int n;
    private final int inner;
    private final double scale;
    private final Buffer in;
    private final Buffer out;

    /**
     * Describes the work.
     *
     * @param n numbers to reduce; 0 is allowed for sums (result 0), not for MAX and ARG_MAX
     * @param scale factor of the sums, applied once at the end
     * @param out of the dtype of {@code in}; I32 for ARG_MAX
     */
    public Reduce(Code code, int outer, int n, int inner, double scale, Buffer in, Buffer out) {
        super(Family.REDUCE, Family.REDUCE.label(code), in.dtype(), List.of(in), List.of(out));
        this.code = code;
        requireFloating(label(), in);
        requireDType(label(), code == Code.ARG_MAX ? DType.I32 : in.dtype(), out);
        requireSize(label(), "the input", in, (long) outer * n * inner);
        requireSize(label(), "the output", out, (long) outer * inner);
        if ((code == Code.MAX || code == Code.ARG_MAX) && n == 0 && outer * inner > 0) {
            throw new IllegalArgumentException(label() + ": got no numbers; expected at least one");
        }
        this.outer = outer;
        this.n = n;
        this.inner = inner;
        this.scale = scale;
        this.in = in;
        this.out = out;
    }

    public Code code() {
        return code;
    }

    public int outer() {
        return outer;
    }

    public int n() {
        return n;
    }

    public int inner() {
        return inner;
    }

    public double scale() {
        return scale;
    }

    public Buffer in() {
        return in;
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long flops() {
        return (long) outer * n * inner * (code == Code.SUM_SQUARES ? 2 : 1);
    }
}
