package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Softmax of each row of a (rows, n) block, and its derivative along a direction. */
public final class Softmax extends Workload {
    /** What is computed of a row x. */
    public enum Code {
        /** e^(x - max) / sum */
        FORWARD,
        /** x - max - log(sum e^(x - max)) */
        LOG,
        /** J g = y (g - sum(y g)) with y = softmax(x) given in place of x; J is symmetric, so this is vjp and jvp */
        ALONG
    }

    private final Code code;
    private final int rows;
    private final int n;
    private final Buffer x;
    private final @Nullable Buffer g;
    private final Buffer out;

    /**
     * Describes the work.
     *
     * @param x (rows, n): the logits, or softmax values for ALONG
     * @param g (rows, n): direction for ALONG, else null
     */
    public Softmax(Code code, int rows, int n, Buffer x, @Nullable Buffer g, Buffer out) {
        super(
                Family.SOFTMAX,
                Family.SOFTMAX.label(code),
                out.dtype(),
                g == null ? List.of(x) : List.of(x, g),
                List.of(out));
        this.code = code;
        requireFloating(label(), out);
        long size = (long) rows * n;
        requireDType(label(), out.dtype(), x);
        requireSize(label(), "x", x, size);
        requireSize(label(), "the output", out, size);
        if ((code == Code.ALONG) != (g != null)) {
            throw new IllegalArgumentException(
                    label() + ": got " + (g == null ? "no" : "a") + " direction; expected one exactly for ALONG");
        }
        if (g != null) {
            requireDType(label(), out.dtype(), g);
            requireSize(label(), "g", g, size);
        }
        this.rows = rows;
        this.n = n;
        this.x = x;
        this.g = g;
        this.out = out;
    }

    public Code code() {
        return code;
    }

    public int rows() {
        return rows;
    }

    public int n() {
        return n;
    }

    public Buffer x() {
        return x;
    }

    public @Nullable Buffer g() {
        return g;
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long flops() {
        return 4L * rows * n;
    }
}
