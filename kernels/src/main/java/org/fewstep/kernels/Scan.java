package org.fewstep.kernels;

import java.util.List;

/**
 * Running sums along the middle axis of a row-major (outer, n, inner) block. Numbers are added one after the other in
 * the direction of the code, so the bits depend on the column alone.
 */
public final class Scan extends Workload {
    /** Direction; each is the other's transpose. */
    public enum Code {
        /** out[i] = x[0] + ... + x[i] */
        SUM,
        /** out[i] = x[n-1] + ... + x[i] */
        SUM_REVERSED
    }

    private final Code code;
    private final int outer;
    private final int n;
    private final int inner;
    private final Buffer in;
    private final Buffer out;

    /** Describes the work; {@code in} and {@code out} hold (outer, n, inner). */
    public Scan(Code code, int outer, int n, int inner, Buffer in, Buffer out) {
        super(Family.SCAN, Family.SCAN.label(code), out.dtype(), List.of(in), List.of(out));
        this.code = code;
        requireFloating(label(), out);
        requireDType(label(), out.dtype(), in);
        long size = (long) outer * n * inner;
        requireSize(label(), "the input", in, size);
        requireSize(label(), "the output", out, size);
        this.outer = outer;
        this.n = n;
        this.inner = inner;
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

    public Buffer in() {
        return in;
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long flops() {
        return (long) outer * n * inner;
    }
}
