package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.Layout;

/** Every code on every kind of layout against the formula in doubles. */
final class ElementwiseContract {
    private static final double A = 0.75;
    private static final double B = 1.5;
    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        1,
        -1,
        0.75,
        1.5,
        1e-8,
        -1e-8,
        20,
        -20,
        87.5,
        -87.5,
        100,
        -100,
        1e4,
        -1e4,
        70_000,
        Float.MIN_VALUE,
        Float.MIN_NORMAL / 8,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    private ElementwiseContract() {}

    static void check(Blocks blocks) {
        for (Code code : Code.values()) {
            for (int n : new int[] {0, 1, 7, 513, 4097, 10_000}) {
                flat(blocks, code, n);
            }
            special(blocks, code);
            layouts(blocks, code);
        }
        placement(blocks);
    }

    /** What the code computes, written down a second time. */
    static double formula(Code code, double x, double y, double z) {
        double s = 1 / (1 + Math.exp(-x));
        return switch (code) {
            case COPY -> x;
            case FILL -> A;
            case NEG -> -x;
            case AFFINE -> A * x + B;
            case ABS -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RSQRT -> 1 / Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case SQUARE -> x * x;
            case POW -> Math.pow(x, A);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> s;
            case SOFTPLUS -> x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
            case SILU -> x < -800 ? 0 : x * s;
            case SILU_SLOPE -> slope(x);
            case SILU_CURVATURE -> curvature(x);
            case ERF -> erf(x);
            case GELU -> x < -40 ? 0 : x * normal(x);
            case GELU_CURVATURE -> Math.abs(x) > 40 ? 0 : (2 - x * x) * density(x);
            case GELU_TANH -> x < -40 ? 0 : x / (1 + Math.exp(-2 * tanhArgument(x)));
            case GELU_TANH_CURVATURE -> geluTanhCurvature(x);
            case RELU -> Double.isNaN(x) || x > 0 ? x : 0;
            case LEAKY_RELU -> x > 0 ? x : A * x;
            case STEP -> x > 0 ? 1 : A;
            case CLAMP -> Double.isNaN(x) ? x : x < A ? A : x > B ? B : x;
            case INSIDE -> x >= A && x <= B ? 1 : 0;
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> x / y;
            case MAX -> Double.isNaN(x) || Double.isNaN(y) ? Double.NaN : x > y ? x : y;
            case MIN -> Double.isNaN(x) || Double.isNaN(y) ? Double.NaN : x < y ? x : y;
            case POWER -> Math.pow(x, y);
            case GREATER -> x > y ? 1 : 0;
            case GREATER_EQUAL -> x >= y ? 1 : 0;
            case EQUAL -> x == y ? 1 : 0;
            case SILU_ALONG -> x * slope(y);
            case GELU_ALONG -> x * geluSlope(y);
            case GELU_TANH_ALONG -> x * geluTanhSlope(y);
            case WHERE -> x != 0 ? y : z;
            case FMA -> x * y + z;
        };
    }

    /** d/dx of x / (1 + e^-x) by the quotient rule. */
    private static double slope(double x) {
        if (Math.abs(x) > 300) {
            return x > 0 ? 1 : 0;
        }
        double e = Math.exp(-x);
        return (1 + e + x * e) / ((1 + e) * (1 + e));
    }

    /** (2 cosh(x/2) - x sinh(x/2)) / (4 cosh(x/2)^3) : the second derivative in hyperbolic functions. */
    private static double curvature(double x) {
        if (Math.abs(x) > 300) {
            return 0;
        }
        double c = Math.cosh(x / 2);
        return (2 * c - x * Math.sinh(x / 2)) / (4 * c * c * c);
    }

    /** 2 / sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!!, which has positive terms only; 1 - 2 N(-x sqrt 2) further out. */
    private static double erf(double x) {
        if (!(Math.abs(x) < 2.5)) {
            return Double.isNaN(x) ? x : Math.signum(x) * (1 - 2 * normal(-Math.abs(x) * Math.sqrt(2)));
        }
        double term = x;
        double sum = 0;
        for (int n = 0; n < 300; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 3);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** (1 + erf(x / sqrt 2)) / 2; far on the left by the continued fraction of the tail. */
    private static double normal(double x) {
        if (x > -1) {
            return (1 + erf(x / Math.sqrt(2))) / 2;
        }
        if (x < -40) {
            return 0;
        }
        double fraction = 0;
        for (int k = 600; k > 0; k--) {
            fraction = k / (-x + fraction);
        }
        return density(x) / (-x + fraction);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double geluSlope(double x) {
        return Math.abs(x) > 40 ? (x > 0 ? 1 : 0) : normal(x) + x * density(x);
    }

    private static double tanhArgument(double x) {
        return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    /** (1 + tanh u + x u' / cosh(u)^2) / 2. */
    private static double geluTanhSlope(double x) {
        if (Math.abs(x) > 40) {
            return x > 0 ? 1 : 0;
        }
        double u = tanhArgument(x);
        double u1 = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
        double c = Math.cosh(u);
        return 0.5 * (1 + Math.tanh(u) + (c > 1e100 ? 0 : x * u1 / (c * c)));
    }

    /** (u' + x (u'' / 2 - tanh(u) u'^2)) / cosh(u)^2. */
    private static double geluTanhCurvature(double x) {
        if (Math.abs(x) > 40) {
            return 0;
        }
        double root = Math.sqrt(2 / Math.PI);
        double u = tanhArgument(x);
        double u1 = root * (1 + 3 * 0.044715 * x * x);
        double u2 = root * 6 * 0.044715 * x;
        double c = Math.cosh(u);
        return c > 1e100 ? 0 : (u1 + x * (u2 / 2 - Math.tanh(u) * u1 * u1)) / (c * c);
    }

    /** Error allowed: some units in the last place of the result, and of the largest term that is added on the way. */
    private static double tolerance(Blocks blocks, Code code, double x, double y, double z, double expected) {
        double ulp = blocks.ulp(expected);
        double eps = blocks.epsilon();
        double small = blocks.dtype() == DType.F32 ? 1e-35 : 1e-300;
        return switch (code) {
            case COPY, FILL, NEG, ABS, SIGN, CLAMP, INSIDE, MAX, MIN, GREATER, GREATER_EQUAL, EQUAL, WHERE -> 0;
            case RELU, STEP -> 0;
            case LEAKY_RELU -> ulp / 2 * 1.0001;
            case ERF -> 16 * ulp;
            // The tail's exponent -x^2/2 carries the rounding of x / sqrt 2.
            case GELU, GELU_TANH -> (16 + 2 * x * x) * ulp + small;
            case GELU_CURVATURE, GELU_TANH_CURVATURE -> 16 * eps;
            case GELU_ALONG, GELU_TANH_ALONG -> 16 * eps * Math.abs(x) + small;
            case ADD, SUB, MUL, DIV, SQUARE, RECIPROCAL, SQRT -> ulp / 2 * 1.0001;
            case EXP, LOG -> 2 * ulp;
            case RSQRT -> 1.5 * ulp;
            case POW, POWER -> 2 * ulp;
            case SIN, COS -> 2 * eps * (blocks.dtype() == DType.F32 ? 1 : 2);
            case TANH, SIGMOID -> 4 * ulp + small;
            case SOFTPLUS, SILU -> 4 * ulp + small;
            case SILU_SLOPE -> 4 * eps + small;
            case SILU_CURVATURE -> 4 * eps;
            case SILU_ALONG -> 5 * eps * Math.abs(x) + small;
            case AFFINE -> eps * (Math.abs(A * x) + Math.abs(B));
            case FMA -> blocks.dtype() == DType.F32 ? ulp / 2 * 1.0001 : eps * (Math.abs(x * y) + Math.abs(z));
        };
    }

    private static void flat(Blocks blocks, Code code, int n) {
        double low =
                code == Code.LOG || code == Code.SQRT || code == Code.RSQRT || code == Code.POW || code == Code.POWER
                        ? 0
                        : -12;
        compare(blocks, code, Blocks.random(1, n, low, 12), Blocks.random(2, n, -12, 12), Blocks.random(3, n, -12, 12));
    }

    private static void special(Blocks blocks, Code code) {
        int n = SPECIAL.length * SPECIAL.length;
        double[] x = new double[n];
        double[] y = new double[n];
        double[] z = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = blocks.rounded(SPECIAL[i % SPECIAL.length]);
            y[i] = blocks.rounded(SPECIAL[i / SPECIAL.length]);
            z[i] = i;
        }
        if (code.name().endsWith("_ALONG") || code == Code.FMA) {
            // Infinity times a number near 0 has no stable answer.
            for (int i = 0; i < n; i++) {
                x[i] = Double.isInfinite(x[i]) ? 3 : x[i];
                y[i] = code == Code.FMA && Double.isInfinite(y[i]) ? 3 : y[i];
            }
        }
        compare(blocks, code, x, y, z);
    }

    private static void compare(Blocks blocks, Code code, double[] x, double[] y, double[] z) {
        int n = x.length;
        double[][] values = {x, y, z};
        Layout[] in = new Layout[code.operands()];
        for (int k = 0; k < in.length; k++) {
            in[k] = Layout.contiguous(blocks.of(values[k]), n);
        }
        Buffer out = blocks.blank(n);
        blocks.device().run(new Elementwise(code, A, B, new int[] {n}, Layout.contiguous(out, n), in));
        double[] actual = blocks.read(out);
        for (int i = 0; i < n; i++) {
            double expected = blocks.rounded(formula(code, x[i], y[i], z[i]));
            double tolerance = tolerance(blocks, code, x[i], y[i], z[i], expected);
            if (!Blocks.close(expected, actual[i], tolerance)) {
                assertClose(
                        code + "(" + x[i] + ", " + y[i] + ", " + z[i] + ") of " + n + " at " + i,
                        expected,
                        actual[i],
                        tolerance);
            }
        }
    }

    /** Operands that broadcast, are permuted, sliced and flipped, against an index walk. */
    private static void layouts(Blocks blocks, Code code) {
        int[][] shapes = {
            {}, {1}, {5}, {3, 700}, {700, 3}, {2, 3, 5, 7}, {1, 9, 1, 4}, {40, 30, 2}, {2, 3, 50}, {2, 9000}, {0, 4}
        };
        for (int[] shape : shapes) {
            int points = 1;
            for (int n : shape) {
                points *= n;
            }
            double[] data = Blocks.random(4, Math.max(1, 2 * points + 3), 0.5, 4);
            Buffer[] buffers = {blocks.of(data), blocks.of(data), blocks.of(data)};
            int rank = shape.length;
            int[] dense = Layout.rowMajor(shape);
            int[] turned = new int[rank];
            int[] everySecond = new int[rank];
            int[] flipped = new int[rank];
            int[] row = new int[rank];
            int[] column = dense.clone();
            int step = 1;
            for (int d = 0; d < rank; d++) {
                turned[d] = step;
                step *= shape[d];
                everySecond[d] = 2 * dense[d];
                flipped[d] = -dense[d];
                row[d] = d == rank - 1 ? 1 : 0;
                column[d] = d == rank - 1 ? 0 : dense[d];
            }
            int[][][] choices = {
                {dense, row, turned},
                {dense, column, row},
                {row, dense, column},
                {turned, dense, row},
                {everySecond, flipped, dense},
                {new int[rank], dense, flipped}
            };
            for (int[][] strides : choices) {
                Layout[] in = new Layout[code.operands()];
                for (int k = 0; k < in.length; k++) {
                    int offset = strides[k] == flipped ? Math.max(0, points - 1) : k;
                    in[k] = new Layout(buffers[k], offset, strides[k]);
                }
                Buffer out = blocks.blank(points + 2);
                blocks.device()
                        .run(new Elementwise(
                                code, A, B, shape, new Layout(out, 1, strides[0] == turned ? turned : dense), in));
                double[] actual = blocks.read(out);
                assertClose("before the result", Double.NaN, actual[0], 0);
                assertClose("behind the result", Double.NaN, actual[points + 1], 0);
                int[] outStrides = strides[0] == turned ? turned : dense;
                for (int i = 0; i < points; i++) {
                    double[] v = new double[3];
                    for (int k = 0; k < in.length; k++) {
                        v[k] = data[in[k].offset() + place(i, shape, strides[k])];
                    }
                    double expected = blocks.rounded(formula(code, v[0], v[1], v[2]));
                    double got = actual[1 + place(i, shape, outStrides)];
                    double tolerance = tolerance(blocks, code, v[0], v[1], v[2], expected);
                    if (!Blocks.close(expected, got, tolerance)) {
                        assertClose(code + " on a layout of rank " + rank + " at " + i, expected, got, tolerance);
                    }
                }
            }
        }
    }

    private static int place(int point, int[] shape, int[] strides) {
        int place = 0;
        for (int d = shape.length - 1; d >= 0; d--) {
            place += point % shape[d] * strides[d];
            point /= shape[d];
        }
        return place;
    }

    /** Concatenation writes its part and nothing else; a workload may write over its own operand. */
    private static void placement(Blocks blocks) {
        Buffer left = blocks.of(1, 2, 3, 4);
        Buffer right = blocks.of(5, 6);
        Buffer out = blocks.blank(6);
        int[] row = {3, 1};
        blocks.device()
                .run(new Elementwise(
                        Code.COPY, 0, 0, new int[] {2, 2}, new Layout(out, 0, row), Layout.contiguous(left, 2, 2)));
        assertClose("left half", new double[] {1, 2, Double.NaN, 3, 4, Double.NaN}, blocks.read(out), 0);
        blocks.device()
                .run(new Elementwise(
                        Code.COPY, 0, 0, new int[] {2, 1}, new Layout(out, 2, row), Layout.contiguous(right, 2, 1)));
        assertClose("both halves", new double[] {1, 2, 5, 3, 4, 6}, blocks.read(out), 0);
        blocks.device()
                .run(new Elementwise(
                        Code.MUL,
                        0,
                        0,
                        new int[] {6},
                        Layout.contiguous(out, 6),
                        Layout.contiguous(out, 6),
                        Layout.contiguous(out, 6)));
        assertClose("in place", new double[] {1, 4, 25, 9, 16, 36}, blocks.read(out), 0);
    }
}
