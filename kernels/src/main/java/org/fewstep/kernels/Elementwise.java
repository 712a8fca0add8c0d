package org.fewstep.kernels;

import java.util.ArrayList;
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

        Code(int operands) {
            this.operands = operands;
        }

        /** Number of operands. */
        public int operands() {
            return operands;
        }
    }

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
        super(Family.ELEMENTWISE, out.buffer().dtype(), buffers(in), List.of(out.buffer()));
        this.code = code;
        this.a = a;
        this.b = b;
        if (in.length != code.operands()) {
            throw new IllegalArgumentException(
                    label() + ": got " + in.length + " operands; expected " + code.operands());
        }
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
        this.points = (int) count;
        checkRange(shape, out);
        for (Layout layout : in) {
            requireDType(label(), dtype(), layout.buffer());
            checkRange(shape, layout);
        }
        // Merging neighbouring dimensions that every operand walks through in one stride leaves long inner rows.
        List<Layout> all = new ArrayList<>(List.of(in));
        all.add(out);
        List<int[]> dims = new ArrayList<>();
        for (int d = 0; d < shape.length; d++) {
            if (shape[d] == 1) {
                continue;
            }
            int[] dim = new int[all.size() + 1];
            dim[all.size()] = shape[d];
            for (int k = 0; k < all.size(); k++) {
                dim[k] = all.get(k).strides()[d];
            }
            if (dims.isEmpty() || !merge(dims.get(dims.size() - 1), dim)) {
                dims.add(dim);
            }
        }
        this.shape = new int[dims.size()];
        for (int d = 0; d < dims.size(); d++) {
            this.shape[d] = dims.get(d)[all.size()];
        }
        this.in = new Layout[in.length];
        for (int k = 0; k < in.length; k++) {
            this.in[k] = merged(in[k], dims, k);
        }
        this.out = merged(out, dims, in.length);
        boolean flat = isFlat(this.out);
        for (Layout layout : this.in) {
            flat &= isFlat(layout);
        }
        this.flat = flat;
    }

    /** Makes one dimension of two where every operand's strides allow it; the last entry of each is the size. */
    private static boolean merge(int[] outer, int[] inner) {
        int operands = inner.length - 1;
        for (int k = 0; k < operands; k++) {
            if (outer[k] != inner[k] * inner[operands]) {
                return false;
            }
        }
        System.arraycopy(inner, 0, outer, 0, operands);
        outer[operands] *= inner[operands];
        return true;
    }

    private static Layout merged(Layout layout, List<int[]> dims, int k) {
        int[] strides = new int[dims.size()];
        for (int d = 0; d < strides.length; d++) {
            strides[d] = dims.get(d)[k];
        }
        return new Layout(layout.buffer(), layout.offset(), strides);
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
        List<Buffer> list = new ArrayList<>();
        for (Layout layout : in) {
            list.add(layout.buffer());
        }
        return list;
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
    public String label() {
        return code == null ? "elementwise" : code.name().toLowerCase(Locale.ROOT);
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
