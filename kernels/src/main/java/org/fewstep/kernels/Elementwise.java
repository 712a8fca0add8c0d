package org.fewstep.kernels;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One arithmetic expression for every point of an iteration space, each operand with a {@link Layout} of its own. So
 * broadcasting, permutation, slicing, padding and concatenation are this family's {@link Code#COPY}.
 */
public final class Elementwise extends Workload {
    /** The expressions; x, y, z are the operands, a and b the attributes. */
    public enum Code {
        /** x */
        COPY(1),
        /** a (no operand) */
        FILL(0),
        /** -x */
        NEG(1),
        /** a x + b, each rounded */
        AFFINE(1),
        /** |x| */
        ABS(1),
        /** sign of x: -1, 0 or 1 */
        SIGN(1),
        /** e^x */
        EXP(1),
        /** natural logarithm */
        LOG(1),
        /** square root */
        SQRT(1),
        /** 1 / sqrt(x) */
        RSQRT(1),
        /** 1 / x */
        RECIPROCAL(1),
        /** x x */
        SQUARE(1),
        /** x^a */
        POW(1),
        /** sine, x in radians */
        SIN(1),
        /** cosine, x in radians */
        COS(1),
        /** hyperbolic tangent */
        TANH(1),
        /** 1 / (1 + e^-x) */
        SIGMOID(1),
        /** ln(1 + e^x), stable at both ends */
        SOFTPLUS(1),
        /** x sigmoid(x) */
        SILU(1),
        /** derivative of silu: s (1 + x (1 - s)), s = sigmoid(x) */
        SILU_SLOPE(1),
        /** second derivative of silu: s (1 - s) (2 + x (1 - 2 s)) */
        SILU_CURVATURE(1),
        /** error function */
        ERF(1),
        /** x N(x), N the normal distribution function */
        GELU(1),
        /** second derivative of GELU: n(x) (2 - x^2), n the normal density */
        GELU_CURVATURE(1),
        /** x sigmoid(w), w = 2 sqrt(2 / pi) (x + 0.044715 x^3) */
        GELU_TANH(1),
        /** second derivative of GELU_TANH */
        GELU_TANH_CURVATURE(1),
        /** max(x, 0) */
        RELU(1),
        /** x where x &gt; 0, else a x */
        LEAKY_RELU(1),
        /** 1 where x &gt; 0, else a: the slope of LEAKY_RELU, and of RELU with a = 0 */
        STEP(1),
        /** min(max(x, a), b) */
        CLAMP(1),
        /** 1 where a &lt;= x &lt;= b, else 0: the slope of CLAMP */
        INSIDE(1),
        /** x + y */
        ADD(2),
        /** x - y */
        SUB(2),
        /** x y */
        MUL(2),
        /** x / y */
        DIV(2),
        /** greater of the two */
        MAX(2),
        /** lesser of the two */
        MIN(2),
        /** x^y */
        POWER(2),
        /** 1 where x &gt; y, else 0 */
        GREATER(2),
        /** 1 where x &gt;= y, else 0 */
        GREATER_EQUAL(2),
        /** 1 where x == y, else 0 */
        EQUAL(2),
        /** x silu'(y): the derivative of silu at y along x, in one pass */
        SILU_ALONG(2),
        /** x gelu'(y) */
        GELU_ALONG(2),
        /** x geluTanh'(y) */
        GELU_TANH_ALONG(2),
        /** y where x != 0, else z */
        WHERE(3),
        /** x y + z, rounded once */
        FMA(3);

        private final int operands;
        private final String label = name().toLowerCase(Locale.ROOT);

        Code(int operands) {
            this.operands = operands;
        }

        String label() {
            return label;
        }

        /** Number of operands. */
        public int operands() {
            return operands;
        }
    }

    private static final int[] NONE = {};
    private static final int[] ONE = {1};

    private final Code code;
    private final double a;
    private final double b;
    private final int[] shape;
    private final Layout out;
    private final Layout[] in;
    private final int points;
    private final boolean flat;

    /**
     * Describes the work.
     *
     * @param a first attribute, see {@link Code}
     * @param b second attribute
     * @param shape iteration space, every size at least 0
     * @param out where results go; no two points may share a place
     * @param in as many operands as the code has
     */
    public Elementwise(Code code, double a, double b, int[] shape, Layout out, Layout... in) {
        super(Family.ELEMENTWISE, code.label(), out.buffer().dtype(), buffers(in), List.of(out.buffer()));
        this.code = code;
        this.a = a;
        this.b = b;
        this.points = points(shape);
        checkOperands(in);
        checkRange(shape, out);
        for (Layout layout : in) {
            checkRange(shape, layout);
        }
        if (allRowMajor(shape, out, in)) {
            this.flat = true;
            this.shape = points == 1 ? NONE : new int[] {points};
            this.out = flat(out.buffer());
            this.in = new Layout[in.length];
            for (int k = 0; k < in.length; k++) {
                this.in[k] = flat(in[k].buffer());
            }
            return;
        }
        // Merging neighbouring dimensions that every operand walks through in one stride leaves long inner rows.
        int rank = 0;
        int[] sizes = new int[shape.length];
        int[][] strides = new int[in.length + 1][shape.length];
        for (int d = 0; d < shape.length; d++) {
            if (shape[d] == 1) {
                continue;
            }
            if (rank == 0 || !merges(strides, rank - 1, shape[d], d, out, in)) {
                sizes[rank++] = 1;
            }
            sizes[rank - 1] *= shape[d];
            for (int k = 0; k < in.length; k++) {
                strides[k][rank - 1] = in[k].strides()[d];
            }
            strides[in.length][rank - 1] = out.strides()[d];
        }
        this.shape = Arrays.copyOf(sizes, rank);
        this.in = new Layout[in.length];
        for (int k = 0; k < in.length; k++) {
            this.in[k] = new Layout(in[k].buffer(), in[k].offset(), Arrays.copyOf(strides[k], rank));
        }
        this.out = new Layout(out.buffer(), out.offset(), Arrays.copyOf(strides[in.length], rank));
        boolean flat = isFlat(this.out);
        for (Layout layout : this.in) {
            flat &= isFlat(layout);
        }
        this.flat = flat;
    }

    /** The same numbers of elements everywhere, walked in order from the first: the common case without its tables. */
    private Elementwise(Code code, double a, double b, int points, Buffer out, Buffer... in) {
        super(Family.ELEMENTWISE, code.label(), out.dtype(), List.of(in), List.of(out));
        this.code = code;
        this.a = a;
        this.b = b;
        this.points = points;
        this.flat = true;
        this.shape = points == 1 ? NONE : new int[] {points};
        this.out = flat(out);
        this.in = new Layout[in.length];
        for (int k = 0; k < in.length; k++) {
            this.in[k] = flat(in[k]);
        }
        checkOperands(this.in);
        requireSize(label(), "the output", out, points);
        for (Buffer buffer : in) {
            requireSize(label(), "an operand", buffer, points);
        }
    }

    /**
     * Work on the first {@code points} elements of all buffers, in order.
     *
     * @param points at least 0
     * @param in as many operands as the code has
     */
    public static Elementwise flat(Code code, double a, double b, int points, Buffer out, Buffer... in) {
        if (points < 0) {
            throw new IllegalArgumentException(code.label() + ": got " + points + " points; expected at least 0");
        }
        return new Elementwise(code, a, b, points, out, in);
    }

    private Layout flat(Buffer buffer) {
        return new Layout(buffer, 0, points == 1 ? NONE : ONE);
    }

    private int points(int[] shape) {
        long count = 1;
        for (int n : shape) {
            if (n < 0) {
                throw new IllegalArgumentException(
                        label() + ": got shape " + Arrays.toString(shape) + "; expected sizes of at least 0");
            }
            count = Math.multiplyExact(count, (long) n);
        }
        if (count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    label() + ": got shape " + Arrays.toString(shape) + "; expected at most 2^31-1 points");
        }
        return (int) count;
    }

    private void checkOperands(Layout[] in) {
        if (in.length != code.operands()) {
            throw new IllegalArgumentException(
                    label() + ": got " + in.length + " operands; expected " + code.operands());
        }
        for (Layout layout : in) {
            requireDType(label(), dtype(), layout.buffer());
        }
    }

    private static boolean allRowMajor(int[] shape, Layout out, Layout[] in) {
        boolean all = out.isRowMajor(shape);
        for (Layout layout : in) {
            all = all && layout.isRowMajor(shape);
        }
        return all;
    }

    /** True when every operand walks through merged dimension {@code last} and dimension d, of size n, in one stride. */
    private static boolean merges(int[][] strides, int last, int n, int d, Layout out, Layout[] in) {
        boolean all = strides[in.length][last] == out.strides()[d] * n;
        for (int k = 0; k < in.length; k++) {
            all = all && strides[k][last] == in[k].strides()[d] * n;
        }
        return all;
    }

    private boolean isFlat(Layout layout) {
        return layout.offset() == 0
                && (layout.strides().length == 0 || (layout.strides().length == 1 && layout.strides()[0] == 1));
    }

    private void checkRange(int[] shape, Layout layout) {
        if (layout.strides().length != shape.length) {
            throw new IllegalArgumentException(label() + ": got " + layout.strides().length + " strides for shape "
                    + Arrays.toString(shape) + "; expected one a dimension");
        }
        if (points == 0) {
            return;
        }
        long low = layout.offset();
        long high = layout.offset();
        for (int d = 0; d < shape.length; d++) {
            long reach = (long) layout.strides()[d] * (shape[d] - 1);
            low += Math.min(reach, 0);
            high += Math.max(reach, 0);
        }
        if (low < 0 || high >= layout.buffer().size()) {
            throw new IllegalArgumentException(label() + ": got a layout that reaches from " + low + " to " + high
                    + "; expected places inside a buffer of " + layout.buffer().size() + " elements");
        }
    }

    private static List<Buffer> buffers(Layout[] in) {
        Buffer[] list = new Buffer[in.length];
        for (int k = 0; k < list.length; k++) {
            list[k] = in[k].buffer();
        }
        return List.of(list);
    }

    public Code code() {
        return code;
    }

    public double a() {
        return a;
    }

    public double b() {
        return b;
    }

    /** Iteration space after merging; empty for a single point. */
    public int[] shape() {
        return shape;
    }

    /** Number of points. */
    public int points() {
        return points;
    }

    /** True when every operand and the result are walked in order from their first element. */
    public boolean flat() {
        return flat;
    }

    public Layout out() {
        return out;
    }

    public int operands() {
        return in.length;
    }

    public Layout in(int k) {
        return in[k];
    }

    @Override
    public long bytes() {
        return (long) points * (in.length + 1) * dtype().bytes();
    }

    @Override
    public long flops() {
        return code == Code.COPY || code == Code.FILL ? 0 : points;
    }
}
