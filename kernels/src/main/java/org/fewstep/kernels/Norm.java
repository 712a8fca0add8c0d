package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Normalisation of each row of a (rows, n) block without scale and shift, and its derivative. */
public final class Norm extends Workload {
    /** What is computed of a row x with mean m, variance v = mean((x - m)^2), r = 1 / sqrt(v + eps), y = (x - m) r. */
    public enum Code {
        /** y */
        LAYER,
        /** J g = r (g - mean(g) - y mean(y g)); J is symmetric, so this is vjp and jvp */
        LAYER_ALONG,
        /** r, one number a row */
        LAYER_RSTD,
        /** as LAYER with m = 0: y = x r, r = 1 / sqrt(mean(x^2) + eps) */
        RMS,
        /** J g = r (g - y mean(y g)) */
        RMS_ALONG,
        /** r = 1 / sqrt(mean(x^2) + eps), one number a row */
        RMS_RSTD;

        /** True where the mean is taken off first. */
        public boolean centred() {
            return this == LAYER || this == LAYER_ALONG || this == LAYER_RSTD;
        }

        /** True where a direction is wanted. */
        public boolean along() {
            return this == LAYER_ALONG || this == RMS_ALONG;
        }

        /** True where the result is one number a row. */
        public boolean rstd() {
            return this == LAYER_RSTD || this == RMS_RSTD;
        }
    }

    private final Code code;
    private final int rows;
    private final int n;
    private final double eps;
    private final Buffer x;
    private final @Nullable Buffer g;
    private final Buffer out;

    /**
     * Describes the work.
     *
     * @param n row length, at least 1
     * @param eps added to the variance, greater than 0
     * @param g (rows, n) direction for the derivatives, else null
     * @param out (rows, n), or (rows) for r
     */
    public Norm(Code code, int rows, int n, double eps, Buffer x, @Nullable Buffer g, Buffer out) {
        super(Family.NORM, Family.NORM.label(code), out.dtype(), g == null ? List.of(x) : List.of(x, g), List.of(out));
        this.code = code;
        requireFloating(label(), out);
        if (n < 1 || !(eps > 0)) {
            throw new IllegalArgumentException(
                    label() + ": got rows of " + n + " and eps " + eps + "; expected at least 1 and a positive eps");
        }
        long size = (long) rows * n;
        requireDType(label(), out.dtype(), x);
        requireSize(label(), "x", x, size);
        requireSize(label(), "the output", out, code.rstd() ? rows : size);
        if (code.along() != (g != null)) {
            throw new IllegalArgumentException(label() + ": got " + (g == null ? "no" : "a")
                    + " direction; expected one exactly for the derivative");
        }
        if (g != null) {
            requireDType(label(), out.dtype(), g);
            requireSize(label(), "g", g, size);
        }
        this.rows = rows;
        this.n = n;
        this.eps = eps;
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

    public double eps() {
        return eps;
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
        return 8L * rows * n;
    }
}
