package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of each row of a (rows, n) block with scale and shift in one pass, and its derivatives.
 *
 * <p>y = z f + h with z = (x - mean) r, r = 1 / sqrt(variance + eps) as in {@link Norm} (mean 0 if not centred),
 * f = base + scale and h = shift: base 1 is the modulation of adaptive normalisation, base 0 the form with parameters.
 * Scale and shift are tables, see {@link Places}. On one device z has the bits of {@link Norm}, f those of AFFINE, and y
 * those of FMA (MUL without a shift) of {@link Elementwise}.
 */
public final class ModulatedNorm extends Workload {
    /** What is computed. */
    public enum Code {
        /** y */
        FORWARD,
        /** y and dy = f J dx + z dscale + dshift, J = dz/dx */
        TANGENT,
        /** J (g f), the cotangent of x; has the bits of MUL, then of {@link Norm}'s derivative */
        GRAD_X,
        /** sum of g z over the places of each entry of the table, the cotangent of scale; a tree fixed by the sizes */
        GRAD_SCALE
    }

    /**
     * Which entry of a (tableRows, n / inner) table a place of x uses: place i of row r uses entry
     * (r / repeat % tableRows, i / inner).
     *
     * <p>Layer norm with parameters: (1, rows, 1). Adaptive layer norm of B samples of T tokens: (B, T, 1). Group norm
     * with parameters: (groups, 1, H W). Adaptive group norm: (B groups, 1, H W).
     *
     * @param tableRows rows of the table; tableRows repeat divides the rows of x
     * @param inner places of a row that share an entry; divides n
     */
    public record Places(int tableRows, int repeat, int inner) {
        public Places {
            if (tableRows < 1 || repeat < 1 || inner < 1) {
                throw new IllegalArgumentException("modulated norm: got a table of " + tableRows + " rows, repeat "
                        + repeat + ", inner " + inner + "; expected at least 1 each");
            }
        }

        /** The table's row for row {@code r} of x. */
        public int rowOf(int r) {
            return r / repeat % tableRows;
        }

        /** The j-th of the rows of x that use row {@code s} of the table, in order. */
        public int user(int s, int j) {
            return (j / repeat * tableRows + s) * repeat + j % repeat;
        }
    }

    private final Code code;
    private final boolean centred;
    private final int rows;
    private final int n;
    private final double eps;
    private final double base;
    private final Places places;
    private final Buffer x;
    private final @Nullable Buffer scale;
    private final @Nullable Buffer shift;
    private final @Nullable Buffer direction;
    private final @Nullable Buffer dscale;
    private final @Nullable Buffer dshift;
    private final Buffer out;
    private final @Nullable Buffer tangent;

    private ModulatedNorm(
            Code code,
            boolean centred,
            int rows,
            int n,
            double eps,
            double base,
            Places places,
            Buffer x,
            @Nullable Buffer scale,
            @Nullable Buffer shift,
            @Nullable Buffer direction,
            @Nullable Buffer dscale,
            @Nullable Buffer dshift,
            Buffer out,
            @Nullable Buffer tangent) {
        super(
                Family.MODULATED_NORM,
                Family.MODULATED_NORM.label(code),
                out.dtype(),
                present(x, scale, shift, direction, dscale, dshift),
                present(out, tangent));
        this.code = code;
        requireFloating(label(), out);
        if (rows < 0 || n < 1 || !(eps > 0) || !Double.isFinite(base)) {
            throw new IllegalArgumentException(label() + ": got " + rows + " rows of " + n + ", eps " + eps + ", base "
                    + base + "; expected rows of at least 1, a positive eps and a finite base");
        }
        if (n % places.inner() != 0 || rows % Math.multiplyExact(places.tableRows(), places.repeat()) != 0) {
            throw new IllegalArgumentException(label() + ": got " + rows + " rows of " + n + " for " + places
                    + "; expected rows divisible by tableRows repeat and a length divisible by inner");
        }
        long size = (long) rows * n;
        long table = (long) places.tableRows() * (n / places.inner());
        require("x", x, size);
        require("scale", scale, table);
        require("shift", shift, table);
        require("the direction", direction, size);
        require("the tangent of scale", dscale, table);
        require("the tangent of shift", dshift, table);
        require("the output", out, code == Code.GRAD_SCALE ? table : size);
        require("the tangent", tangent, size);
        this.centred = centred;
        this.rows = rows;
        this.n = n;
        this.eps = eps;
        this.base = base;
        this.places = places;
        this.x = x;
        this.scale = scale;
        this.shift = shift;
        this.direction = direction;
        this.dscale = dscale;
        this.dshift = dshift;
        this.out = out;
        this.tangent = tangent;
    }

    private static List<Buffer> present(@Nullable Buffer... buffers) {
        List<Buffer> list = new ArrayList<>(buffers.length);
        for (Buffer buffer : buffers) {
            if (buffer != null) {
                list.add(buffer);
            }
        }
        return list;
    }

    private void require(String role, @Nullable Buffer buffer, long size) {
        if (buffer != null) {
            requireDType(label(), dtype(), buffer);
            requireSize(label(), role, buffer, size);
        }
    }

    /**
     * y.
     *
     * @param n row length, at least 1
     * @param eps added to the variance, greater than 0
     * @param shift null for none
     * @param y (rows, n)
     */
    public static ModulatedNorm forward(
            boolean centred,
            int rows,
            int n,
            double eps,
            double base,
            Places places,
            Buffer x,
            Buffer scale,
            @Nullable Buffer shift,
            Buffer y) {
        return new ModulatedNorm(
                Code.FORWARD, centred, rows, n, eps, base, places, x, scale, shift, null, null, null, y, null);
    }

    /**
     * y and dy.
     *
     * @param dx (rows, n)
     * @param dscale null for zero, as {@code dshift}
     * @param dy (rows, n)
     */
    public static ModulatedNorm tangent(
            boolean centred,
            int rows,
            int n,
            double eps,
            double base,
            Places places,
            Buffer x,
            Buffer scale,
            @Nullable Buffer shift,
            Buffer dx,
            @Nullable Buffer dscale,
            @Nullable Buffer dshift,
            Buffer y,
            Buffer dy) {
        return new ModulatedNorm(
                Code.TANGENT, centred, rows, n, eps, base, places, x, scale, shift, dx, dscale, dshift, y, dy);
    }

    /** The cotangent of x for the cotangent g (rows, n) of y. */
    public static ModulatedNorm gradX(
            boolean centred,
            int rows,
            int n,
            double eps,
            double base,
            Places places,
            Buffer x,
            Buffer scale,
            Buffer g,
            Buffer dx) {
        return new ModulatedNorm(
                Code.GRAD_X, centred, rows, n, eps, base, places, x, scale, null, g, null, null, dx, null);
    }

    /** The cotangent of scale, a table, for the cotangent g (rows, n) of y. */
    public static ModulatedNorm gradScale(
            boolean centred, int rows, int n, double eps, Places places, Buffer x, Buffer g, Buffer dscale) {
        return new ModulatedNorm(
                Code.GRAD_SCALE, centred, rows, n, eps, 0, places, x, null, null, g, null, null, dscale, null);
    }

    public Code code() {
        return code;
    }

    /** True where the mean is taken off first. */
    public boolean centred() {
        return centred;
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

    public double base() {
        return base;
    }

    public Places places() {
        return places;
    }

    /** Entries of a row of the table. */
    public int columns() {
        return n / places.inner();
    }

    public Buffer x() {
        return x;
    }

    /** The table of scales; not with GRAD_SCALE. */
    public Buffer scale() {
        return given("scale", scale);
    }

    /** The table of shifts, or null. */
    public @Nullable Buffer shift() {
        return shift;
    }

    /** dx of TANGENT, g of the cotangents. */
    public Buffer direction() {
        return given("a direction", direction);
    }

    public @Nullable Buffer dscale() {
        return dscale;
    }

    public @Nullable Buffer dshift() {
        return dshift;
    }

    public Buffer out() {
        return out;
    }

    /** Where TANGENT puts dy. */
    public Buffer tangent() {
        return given("a tangent", tangent);
    }

    private Buffer given(String what, @Nullable Buffer buffer) {
        if (buffer == null) {
            throw new IllegalStateException(label() + ": got a question for " + what + "; expected a code that has it");
        }
        return buffer;
    }

    @Override
    public long flops() {
        return (code == Code.TANGENT ? 20L : 10L) * rows * n;
    }
}
