package org.fewstep.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The laws that every operation obeys, in both dtypes: forward against a plain formula, jvp against central differences,
 * the adjoint law, second order in both compositions, and detached against recorded forward mode.
 */
class OpContractTest extends EngineTest {
    /** Inputs of one row: shapes and the interval that numbers are drawn from. */
    private record In(double low, double high, int... sizes) {}

    /** One row: an operation, its inputs, and what it should give from the inputs' numbers. */
    private record Row(Op op, Function<double[][], double[]> oracle, boolean smooth, List<In> in) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(op.toString());
            for (In x : in) {
                text.append(' ').append(Arrays.toString(x.sizes));
            }
            return text.toString();
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double siluSlope(double x) {
        return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    }

    private static void unary(List<Row> rows, Op op, DoubleUnaryOperator f, double low, double high, boolean smooth) {
        for (int[] sizes : new int[][] {{}, {1}, {0}, {5}, {3, 7}, {2, 1, 3}, {41, 13}}) {
            rows.add(new Row(op, x -> Arrays.stream(x[0]).map(f).toArray(), smooth, List.of(new In(low, high, sizes))));
        }
    }

    private static void binary(List<Row> rows, Op op, DoubleBinaryOperator f, double low, double high, boolean smooth) {
        int[][][] pairs = {
            {{}, {}},
            {{5}, {5}},
            {{3, 7}, {7}},
            {{3, 1}, {1, 7}},
            {{3, 7}, {}},
            {{2, 3, 5}, {3, 1}},
            {{0, 4}, {1, 4}},
            {{4}, {6, 4}},
            {{37, 11}, {37, 1}}
        };
        for (int[][] p : pairs) {
            Shape a = Shape.of(p[0]);
            Shape b = Shape.of(p[1]);
            Shape to = Shape.broadcast("test", a, b);
            rows.add(new Row(
                    op,
                    x -> {
                        double[] y = new double[to.count()];
                        for (int i = 0; i < y.length; i++) {
                            y[i] = f.applyAsDouble(x[0][at(i, to, a)], x[1][at(i, to, b)]);
                        }
                        return y;
                    },
                    smooth,
                    List.of(new In(low, high, p[0]), new In(low, high, p[1]))));
        }
    }

    /** Place in a tensor of shape {@code from} that point i of {@code to} reads. */
    private static int at(int i, Shape to, Shape from) {
        int place = 0;
        int step = 1;
        int rest = i;
        for (int d = 1; d <= to.rank(); d++) {
            int n = to.dim(-d);
            int k = rest % n;
            rest /= n;
            if (d <= from.rank()) {
                int m = from.dim(-d);
                place += (m == 1 ? 0 : k) * step;
                step *= m;
            }
        }
        return place;
    }

    static List<Row> rows() {
        List<Row> r = new ArrayList<>();
        unary(r, new Neg(), x -> -x, -2, 2, true);
        unary(r, new ScaleShift(1.7, -0.3), x -> 1.7 * x - 0.3, -2, 2, true);
        unary(r, new Abs(), Math::abs, 0.3, 2, true);
        unary(r, new Abs(), Math::abs, -2, -0.3, true);
        unary(r, new Sign(), Math::signum, -2, 2, false);
        unary(r, new Exp(), Math::exp, -2, 2, true);
        unary(r, new Log(), Math::log, 0.3, 3, true);
        unary(r, new Sqrt(), Math::sqrt, 0.3, 3, true);
        unary(r, new Rsqrt(), x -> 1 / Math.sqrt(x), 0.3, 3, true);
        unary(r, new Reciprocal(), x -> 1 / x, 0.4, 3, true);
        unary(r, new Square(), x -> x * x, -2, 2, true);
        unary(r, new Pow(2.5), x -> Math.pow(x, 2.5), 0.3, 2, true);
        unary(r, new Pow(3), x -> x * x * x, -2, 2, true);
        unary(r, new Sin(), Math::sin, -4, 4, true);
        unary(r, new Cos(), Math::cos, -4, 4, true);
        unary(r, new Tanh(), Math::tanh, -2, 2, true);
        unary(r, new Sigmoid(), OpContractTest::sigmoid, -4, 4, true);
        unary(r, new Softplus(), x -> Math.log1p(Math.exp(x)), -4, 4, true);
        unary(r, new Silu(), x -> x * sigmoid(x), -4, 4, true);
        unary(
                r,
                new SiluCurvature(),
                x -> {
                    double s = sigmoid(x);
                    return s * (1 - s) * (2 + x * (1 - 2 * s));
                },
                -3,
                3,
                true);
        activationRows(r);
        unary(r, new Clamp(-0.5, 0.7), x -> Math.min(Math.max(x, -0.5), 0.7), -0.4, 0.6, true);
        unary(r, new Clamp(-0.5, 0.7), x -> Math.min(Math.max(x, -0.5), 0.7), 0.8, 2, true);
        unary(r, new Inside(-0.5, 0.7), x -> x >= -0.5 && x <= 0.7 ? 1 : 0, -2, 2, false);
        binary(r, new Add(), (x, y) -> x + y, -2, 2, true);
        binary(r, new Sub(), (x, y) -> x - y, -2, 2, true);
        binary(r, new Mul(), (x, y) -> x * y, -2, 2, true);
        binary(r, new Div(), (x, y) -> x / y, 0.5, 2, true);
        binary(r, new SiluAlong(), (d, x) -> d * siluSlope(x), -2, 2, true);
        binary(r, new Maximum(), Math::max, -2, 2, false);
        binary(r, new Minimum(), Math::min, -2, 2, false);
        binary(r, new Power(), Math::pow, 0.4, 2, true);
        binary(r, new Greater(), (x, y) -> x > y ? 1 : 0, -2, 2, false);
        binary(r, new GreaterEqual(), (x, y) -> x >= y ? 1 : 0, -2, 2, false);
        binary(r, new Equal(), (x, y) -> x == y ? 1 : 0, -2, 2, false);
        r.add(new Row(
                new Where(),
                x -> new double[] {x[1][0], x[1][1], x[1][2]},
                true,
                List.of(new In(0.5, 1, 3), new In(-2, 2, 3), new In(-2, 2, 3))));
        r.add(new Row(
                new Where(),
                x -> new double[] {x[2][0], x[2][0], x[2][0], x[2][0]},
                true,
                List.of(new In(0, 0, 2, 2), new In(-2, 2, 2), new In(-2, 2))));
        r.add(new Row(
                new MulAdd(),
                x -> new double[] {x[0][0] * x[1][0] + x[2][0], x[0][1] * x[1][0] + x[2][1]},
                true,
                List.of(new In(-2, 2, 2), new In(-2, 2), new In(-2, 2, 2))));
        linearRows(r);
        weightedSumRows(r);
        matrixRows(r);
        rowRows(r);
        convRows(r);
        attentionRows(r);
        scaledNormRows(r);
        return r;
    }

    /** erf by its series with positive terms only: 2 / sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!!. */
    private static double erf(double x) {
        double term = x;
        double sum = 0;
        for (int n = 0; n < 100; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 3);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private static double normal(double x) {
        return (1 + erf(x / Math.sqrt(2))) / 2;
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double tanhArgument(double x) {
        return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    /** First derivative of {@link #tanhArgument}. */
    private static double tanhArgument1(double x) {
        return Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    }

    private static void activationRows(List<Row> r) {
        unary(r, new Erf(), OpContractTest::erf, -2, 2, true);
        unary(r, new Gelu(), x -> x * normal(x), -3, 3, true);
        unary(r, new GeluCurvature(), x -> density(x) * (2 - x * x), -3, 3, true);
        binary(r, new GeluAlong(), (d, x) -> d * (normal(x) + x * density(x)), -2, 2, true);
        unary(r, new GeluTanh(), x -> x * (1 + Math.tanh(tanhArgument(x))) / 2, -3, 3, true);
        unary(
                r,
                new GeluTanhCurvature(),
                x -> {
                    double u1 = tanhArgument1(x);
                    double u2 = Math.sqrt(2 / Math.PI) * 6 * 0.044715 * x;
                    double tanh = Math.tanh(tanhArgument(x));
                    return (1 - tanh * tanh) * (u1 + x * (u2 / 2 - tanh * u1 * u1));
                },
                -2,
                2,
                true);
        binary(
                r,
                new GeluTanhAlong(),
                (d, x) -> {
                    double tanh = Math.tanh(tanhArgument(x));
                    return d * (1 + tanh + x * (1 - tanh * tanh) * tanhArgument1(x)) / 2;
                },
                -2,
                2,
                true);
        unary(r, new Relu(), x -> Math.max(x, 0), 0.3, 2, true);
        unary(r, new Relu(), x -> 0, -2, -0.3, true);
        unary(r, new LeakyRelu(0.2), x -> x, 0.3, 2, true);
        unary(r, new LeakyRelu(0.2), x -> 0.2 * x, -2, -0.3, true);
        unary(r, new Step(0.2), x -> x > 0 ? 1 : 0.2, -2, 2, false);
    }

    private static void linearRows(List<Row> r) {
        r.add(new Row(
                new BroadcastTo(Shape.of(2, 3, 4)),
                x -> {
                    double[] y = new double[24];
                    for (int i = 0; i < 24; i++) {
                        y[i] = x[0][i / 4 % 3];
                    }
                    return y;
                },
                true,
                List.of(new In(-2, 2, 3, 1))));
        r.add(new Row(new Reshape(Shape.of(3, 4)), x -> x[0], true, List.of(new In(-2, 2, 2, 6))));
        for (int axis = 0; axis < 3; axis++) {
            int a = axis;
            int[] sizes = {3, 5, 4};
            r.add(new Row(
                    new Sum(axis, 0.5),
                    x -> {
                        int inner = a == 0 ? 20 : a == 1 ? 4 : 1;
                        int n = sizes[a];
                        double[] y = new double[60 / n];
                        for (int i = 0; i < 60; i++) {
                            y[i / (n * inner) * inner + i % inner] += 0.5 * x[0][i];
                        }
                        return y;
                    },
                    true,
                    List.of(new In(-2, 2, sizes))));
        }
        for (int axis = 0; axis < 3; axis++) {
            r.add(cumSum(axis, false));
            r.add(cumSum(axis, true));
        }
        r.add(new Row(new CumSum(1, false), x -> new double[0], true, List.of(new In(-2, 2, 3, 0))));
        r.add(new Row(new Sum(1, 1), x -> new double[3], true, List.of(new In(-2, 2, 3, 0))));
        r.add(new Row(
                new Permute(List.of(2, 0, 1)),
                x -> {
                    double[] y = new double[24];
                    for (int i = 0; i < 2; i++) {
                        for (int j = 0; j < 3; j++) {
                            for (int k = 0; k < 4; k++) {
                                y[(k * 2 + i) * 3 + j] = x[0][(i * 3 + j) * 4 + k];
                            }
                        }
                    }
                    return y;
                },
                true,
                List.of(new In(-2, 2, 2, 3, 4))));
        r.add(new Row(
                new Slice(1, 1, 3),
                x -> new double[] {x[0][1], x[0][2], x[0][5], x[0][6]},
                true,
                List.of(new In(-2, 2, 2, 4))));
        r.add(new Row(
                new Pad(1, 1, 2),
                x -> new double[] {0, x[0][0], x[0][1], 0, 0, 0, x[0][2], x[0][3], 0, 0},
                true,
                List.of(new In(-2, 2, 2, 2))));
        r.add(new Row(
                new Concat(1),
                x -> new double[] {x[0][0], x[1][0], x[1][1], x[0][1], x[1][2], x[1][3]},
                true,
                List.of(new In(-2, 2, 2, 1), new In(-2, 2, 2, 2), new In(-2, 2, 2, 0))));
    }

    private static void weightedSumRows(List<Row> r) {
        List<Double> c = List.of(1.7, -0.3, 1.0, 0.0, -2.5, 0.1, 3.0, -1.0);
        for (int terms : new int[] {1, 2, 3, 8}) {
            for (int[] sizes : new int[][] {{}, {0}, {5}, {41, 13}}) {
                int points = Shape.of(sizes).count();
                r.add(new Row(
                        new WeightedSum(c.subList(0, terms)),
                        x -> {
                            double[] y = new double[points];
                            for (int i = 0; i < points; i++) {
                                for (int j = 0; j < terms; j++) {
                                    y[i] += c.get(j) * x[j][i];
                                }
                            }
                            return y;
                        },
                        true,
                        Collections.nCopies(terms, new In(-2, 2, sizes))));
            }
        }
    }

    private static Row cumSum(int axis, boolean reversed) {
        int[] sizes = {3, 5, 4};
        int step = axis == 0 ? 20 : axis == 1 ? 4 : 1;
        return new Row(
                new CumSum(axis, reversed),
                x -> {
                    double[] y = new double[60];
                    for (int i = 0; i < 60; i++) {
                        int place = i / step % sizes[axis];
                        for (int k = 0; k < sizes[axis]; k++) {
                            if (reversed ? k >= place : k <= place) {
                                y[i] += x[0][i + (k - place) * step];
                            }
                        }
                    }
                    return y;
                },
                true,
                List.of(new In(-2, 2, sizes)));
    }

    private static double[] product(double[] a, double[] b, int batch, int m, int n, int k, boolean ta, boolean tb) {
        double[] c = new double[batch * m * n];
        for (int s = 0; s < batch; s++) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    for (int l = 0; l < k; l++) {
                        double x = a[s * m * k + (ta ? l * m + i : i * k + l)];
                        double y = b[s * k * n + (tb ? j * k + l : l * n + j)];
                        c[(s * m + i) * n + j] += x * y;
                    }
                }
            }
        }
        return c;
    }

    private static void matrixRows(List<Row> r) {
        int[][] sizes = {{3, 4, 5}, {1, 1, 1}, {7, 1, 3}, {0, 3, 2}, {2, 3, 0}, {17, 33, 19}};
        for (int[] s : sizes) {
            for (int t = 0; t < 4; t++) {
                boolean ta = (t & 1) != 0;
                boolean tb = (t & 2) != 0;
                int m = s[0];
                int n = s[1];
                int k = s[2];
                r.add(new Row(
                        new MatMul(ta, tb),
                        x -> product(x[0], x[1], 1, m, n, k, ta, tb),
                        true,
                        List.of(
                                ta ? new In(-1, 1, k, m) : new In(-1, 1, m, k),
                                tb ? new In(-1, 1, n, k) : new In(-1, 1, k, n))));
                r.add(new Row(
                        new MatMul(ta, tb),
                        x -> product(x[0], x[1], 2, m, n, k, ta, tb),
                        true,
                        List.of(
                                ta ? new In(-1, 1, 2, k, m) : new In(-1, 1, 2, m, k),
                                tb ? new In(-1, 1, 2, n, k) : new In(-1, 1, 2, k, n))));
            }
            r.add(new Row(
                    new Linear(),
                    x -> {
                        double[] y = product(x[0], x[1], 1, s[0], s[1], s[2], false, false);
                        for (int i = 0; i < y.length; i++) {
                            y[i] += x[2][i % s[1]];
                        }
                        return y;
                    },
                    true,
                    List.of(new In(-1, 1, s[0], s[2]), new In(-1, 1, s[2], s[1]), new In(-1, 1, s[1]))));
            for (Activation f : Activation.values()) {
                // Away from the kink of relu, on either side of it.
                for (double shift : f == Activation.RELU ? new double[] {5, -5} : new double[] {0}) {
                    r.add(activated(f, s, shift));
                }
            }
        }
        for (int t = 0; t < 4; t++) {
            boolean ta = (t & 1) != 0;
            boolean tb = (t & 2) != 0;
            In[] one = {
                ta ? new In(-1, 1, 1, 5, 3) : new In(-1, 1, 1, 3, 5),
                tb ? new In(-1, 1, 1, 4, 5) : new In(-1, 1, 1, 5, 4)
            };
            In[] all = {
                ta ? new In(-1, 1, 2, 5, 3) : new In(-1, 1, 2, 3, 5),
                tb ? new In(-1, 1, 2, 4, 5) : new In(-1, 1, 2, 5, 4)
            };
            r.add(new Row(
                    new MatMul(ta, tb),
                    x -> product(twice(x[0]), x[1], 2, 3, 4, 5, ta, tb),
                    true,
                    List.of(one[0], all[1])));
            r.add(new Row(
                    new MatMul(ta, tb),
                    x -> product(x[0], twice(x[1]), 2, 3, 4, 5, ta, tb),
                    true,
                    List.of(all[0], one[1])));
        }
    }

    private static double[] twice(double[] x) {
        double[] y = Arrays.copyOf(x, 2 * x.length);
        System.arraycopy(x, 0, y, x.length, x.length);
        return y;
    }

    private static double activation(Activation f, double x) {
        return switch (f) {
            case SILU -> x * sigmoid(x);
            case GELU -> x * normal(x);
            case GELU_TANH -> x * (1 + Math.tanh(tanhArgument(x))) / 2;
            case RELU -> Math.max(x, 0);
        };
    }

    private static Row activated(Activation f, int[] s, double shift) {
        return new Row(
                new LinearActivation(f),
                x -> {
                    double[] y = product(x[0], x[1], 1, s[0], s[1], s[2], false, false);
                    for (int i = 0; i < y.length; i++) {
                        y[i] = activation(f, y[i] + x[2][i % s[1]]);
                    }
                    return y;
                },
                true,
                List.of(
                        new In(-0.5, 0.5, s[0], s[2]),
                        new In(-0.5, 0.5, s[2], s[1]),
                        new In(shift - 0.1, shift + 0.1, s[1])));
    }

    /** Sizes of one convolution row: w is (o, c / groups, kh, kw), x (b, c, h, w), y (b, o, oh, ow). */
    private record Conv(int stride, int padding, int groups, int[] x, int[] w) {
        int[] y() {
            return new int[] {
                x[0], w[0], (x[2] + 2 * padding - w[2]) / stride + 1, (x[3] + 2 * padding - w[3]) / stride + 1
            };
        }

        /** Calls {@code f(place in x, place in w, place in y)} for every product of the convolution. */
        void products(Products f) {
            int[] y = y();
            for (int n = 0; n < y[0]; n++) {
                for (int o = 0; o < y[1]; o++) {
                    for (int i = 0; i < y[2] * y[3]; i++) {
                        for (int k = 0; k < w[1] * w[2] * w[3]; k++) {
                            int c = k / (w[2] * w[3]) + o / (w[0] / groups) * w[1];
                            int row = i / y[3] * stride - padding + k / w[3] % w[2];
                            int column = i % y[3] * stride - padding + k % w[3];
                            if (row >= 0 && row < x[2] && column >= 0 && column < x[3]) {
                                f.take(
                                        ((n * x[1] + c) * x[2] + row) * x[3] + column,
                                        o * w[1] * w[2] * w[3] + k,
                                        (n * y[1] + o) * y[2] * y[3] + i);
                            }
                        }
                    }
                }
            }
        }
    }

    @FunctionalInterface
    private interface Products {
        void take(int x, int w, int y);
    }

    private static void convRows(List<Row> r) {
        Conv[] all = {
            new Conv(1, 0, 1, new int[] {2, 3, 2, 3}, new int[] {2, 3, 1, 1}),
            new Conv(1, 1, 1, new int[] {2, 2, 4, 3}, new int[] {3, 2, 3, 3}),
            new Conv(2, 1, 2, new int[] {2, 4, 5, 4}, new int[] {2, 2, 3, 2}),
            new Conv(2, 0, 1, new int[] {1, 2, 6, 5}, new int[] {2, 2, 3, 3}),
            new Conv(3, 2, 1, new int[] {2, 1, 4, 3}, new int[] {1, 1, 2, 2}),
            new Conv(1, 1, 1, new int[] {0, 2, 3, 3}, new int[] {2, 2, 3, 3})
        };
        for (Conv c : all) {
            In x = new In(-1, 1, c.x);
            In w = new In(-1, 1, c.w);
            In y = new In(-1, 1, c.y());
            Function<double[][], double[]> forward = v -> {
                double[] out = new double[Shape.of(c.y()).count()];
                c.products((i, j, k) -> out[k] += v[0][i] * v[1][j]);
                return out;
            };
            r.add(new Row(new Conv2d(c.stride, c.padding, c.groups), forward, true, List.of(x, w)));
            r.add(new Row(
                    new Conv2d(c.stride, c.padding, c.groups),
                    v -> {
                        double[] out = forward.apply(v);
                        int[] sizes = c.y();
                        for (int i = 0; i < out.length; i++) {
                            out[i] += v[2][i / (sizes[2] * sizes[3]) % sizes[1]];
                        }
                        return out;
                    },
                    true,
                    List.of(x, w, new In(-1, 1, c.w[0]))));
            r.add(new Row(
                    new Conv2dInput(c.stride, c.padding, c.groups, c.x[2], c.x[3]),
                    v -> {
                        double[] out = new double[Shape.of(c.x).count()];
                        c.products((i, j, k) -> out[i] += v[0][k] * v[1][j]);
                        return out;
                    },
                    true,
                    List.of(y, w)));
            r.add(new Row(
                    new Conv2dWeight(c.stride, c.padding, c.groups, c.w[2], c.w[3]),
                    v -> {
                        double[] out = new double[Shape.of(c.w).count()];
                        c.products((i, j, k) -> out[j] += v[0][i] * v[1][k]);
                        return out;
                    },
                    true,
                    List.of(x, y)));
        }
    }

    private static void attentionRows(List<Row> r) {
        for (QkvLayout layout : QkvLayout.values()) {
            for (int[] s : new int[][] {{2, 2, 3, 2}, {1, 1, 1, 1}, {0, 1, 2, 1}, {1, 2, 35, 3}}) {
                AttentionOracle oracle = new AttentionOracle(layout, s[0], s[1], s[2], s[3], 0.8);
                In x = new In(-1, 1, oracle.in());
                In g = new In(-1, 1, oracle.out());
                r.add(new Row(new Attention(oracle.run()), v -> oracle.value(v[0]), true, List.of(x)));
                r.add(new Row(
                        new AttentionTangent(oracle.run()), v -> oracle.tangent(v[0], v[1]), true, List.of(x, x)));
                r.add(new Row(new AttentionGrad(oracle.run()), v -> oracle.grad(v[0], v[1]), true, List.of(x, g)));
                r.add(new Row(
                        new AttentionCurvature(oracle.run()),
                        v -> oracle.curvature(v[0], v[1], v[2]),
                        true,
                        List.of(x, x, g)));
            }
        }
    }

    private static double[] byRow(double[] x, int n, Function<double[], double[]> f) {
        List<Double> y = new ArrayList<>();
        for (int i = 0; i < x.length; i += n) {
            for (double v : f.apply(Arrays.copyOfRange(x, i, i + n))) {
                y.add(v);
            }
        }
        return y.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] softmax(double[] x) {
        double max = Arrays.stream(x).max().orElseThrow();
        double[] e = Arrays.stream(x).map(v -> Math.exp(v - max)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(v -> v / sum).toArray();
    }

    private static double mean(double[] x, boolean centred) {
        return centred ? Arrays.stream(x).average().orElseThrow() : 0;
    }

    private static double rstd(double[] x, boolean centred, double eps) {
        double mean = mean(x, centred);
        return 1
                / Math.sqrt(Arrays.stream(x)
                                .map(v -> (v - mean) * (v - mean))
                                .average()
                                .orElseThrow()
                        + eps);
    }

    private static double[] normalise(double[] x, boolean centred, double eps) {
        double mean = mean(x, centred);
        double r = rstd(x, centred, eps);
        return Arrays.stream(x).map(v -> (v - mean) * r).toArray();
    }

    private static double[] alongSoftmax(double[] y, double[] g, int n) {
        double[] out = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            double dot = 0;
            for (int j = i - i % n; j < i - i % n + n; j++) {
                dot += y[j] * g[j];
            }
            out[i] = y[i] * (g[i] - dot);
        }
        return out;
    }

    private static double[] alongNorm(double[] x, double[] g, int n, boolean centred, double eps) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i += n) {
            double[] row = Arrays.copyOfRange(x, i, i + n);
            double[] y = normalise(row, centred, eps);
            double sum = 0;
            double dot = 0;
            for (int j = 0; j < n; j++) {
                sum += centred ? g[i + j] : 0;
                dot += y[j] * g[i + j];
            }
            for (int j = 0; j < n; j++) {
                out[i + j] = rstd(row, centred, eps) * (g[i + j] - sum / n - y[j] * dot / n);
            }
        }
        return out;
    }

    private static void rowRows(List<Row> r) {
        double eps = 1e-3;
        for (int[] sizes : new int[][] {{5}, {1}, {4, 7}, {2, 3, 33}, {0, 4}}) {
            int n = sizes[sizes.length - 1];
            In x = new In(-2, 2, sizes);
            r.add(new Row(new Softmax(), v -> byRow(v[0], n, OpContractTest::softmax), true, List.of(x)));
            r.add(new Row(
                    new LogSoftmax(),
                    v -> byRow(v[0], n, OpContractTest::softmax).length == 0
                            ? new double[0]
                            : Arrays.stream(byRow(v[0], n, OpContractTest::softmax))
                                    .map(Math::log)
                                    .toArray(),
                    true,
                    List.of(x)));
            r.add(new Row(new SoftmaxAlong(), v -> alongSoftmax(v[0], v[1], n), true, List.of(x, x)));
            for (boolean centred : new boolean[] {true, false}) {
                // A row of one number leaves 1 - y^2 = e / (x^2 + e), which F32 gets right for a large e only.
                double e = centred ? eps : 1;
                r.add(new Row(
                        new RowNorm(centred, e),
                        v -> byRow(v[0], n, row -> normalise(row, centred, e)),
                        true,
                        List.of(x)));
                r.add(new Row(
                        new RowNormAlong(centred, e), v -> alongNorm(v[0], v[1], n, centred, e), true, List.of(x, x)));
                r.add(new Row(
                        new RowNormRstd(centred, 0.1),
                        v -> byRow(v[0], n, row -> new double[] {rstd(row, centred, 0.1)}),
                        true,
                        List.of(x)));
            }
            r.add(new Row(
                    new MaxAlong(),
                    v -> byRow(v[0], n, row ->
                            new double[] {Arrays.stream(row).max().orElseThrow()}),
                    false,
                    List.of(x)));
        }
    }

    /** A normalisation with tables: shape of x, groups, shape of the tables, and place i's entry of them. */
    private record Scaled(int[] x, int groups, int[] table, IntUnaryOperator entry) {}

    private static void scaledNormRows(List<Row> r) {
        List<Scaled> all = List.of(
                new Scaled(new int[] {4, 7}, 0, new int[] {7}, i -> i % 7),
                new Scaled(new int[] {2, 3, 5}, 0, new int[] {2, 1, 5}, i -> i / 15 * 5 + i % 5),
                new Scaled(new int[] {2, 3, 5}, 0, new int[] {1, 3, 5}, i -> i % 15),
                new Scaled(new int[] {3, 6}, 0, new int[] {3, 6}, i -> i),
                new Scaled(new int[] {300, 3}, 0, new int[] {3}, i -> i % 3),
                new Scaled(new int[] {0, 6}, 0, new int[] {6}, i -> i % 6),
                new Scaled(new int[] {2, 6, 2, 2}, 3, new int[] {6, 1, 1}, i -> i / 4 % 6),
                new Scaled(new int[] {2, 4, 3}, 1, new int[] {2, 4, 1}, i -> i / 3),
                new Scaled(new int[] {3, 4}, 2, new int[] {1, 4}, i -> i % 4));
        for (Scaled c : all) {
            for (boolean centred : c.groups > 0 ? new boolean[] {true} : new boolean[] {true, false}) {
                for (double base : new double[] {0, 1}) {
                    scaledNorm(r, c, new NormForm(centred, 0.1, c.groups), base);
                }
            }
        }
    }

    private static void scaledNorm(List<Row> r, Scaled c, NormForm form, double base) {
        In x = new In(-2, 2, c.x);
        In table = new In(-1, 1, c.table);
        int n = form.length(Shape.of(c.x));
        Function<double[], double[]> z = v -> byRow(v, n, row -> normalise(row, form.centred(), form.eps()));
        for (boolean shifted : new boolean[] {true, false}) {
            r.add(new Row(
                    new ScaledNorm(form, base),
                    v -> {
                        double[] y = z.apply(v[0]);
                        for (int i = 0; i < y.length; i++) {
                            int e = c.entry.applyAsInt(i);
                            y[i] = y[i] * (base + v[1][e]) + (shifted ? v[2][e] : 0);
                        }
                        return y;
                    },
                    true,
                    shifted ? List.of(x, table, table) : List.of(x, table)));
        }
        r.add(new Row(
                new ScaledNormBack(form, base),
                v -> {
                    double[] u = v[2].clone();
                    for (int i = 0; i < u.length; i++) {
                        u[i] *= base + v[1][c.entry.applyAsInt(i)];
                    }
                    return alongNorm(v[0], u, n, form.centred(), form.eps());
                },
                true,
                List.of(x, table, x)));
        r.add(new Row(
                new NormScaleBack(form, Shape.of(c.table)),
                v -> {
                    double[] y = z.apply(v[0]);
                    double[] sum = new double[Shape.of(c.table).count()];
                    for (int i = 0; i < y.length; i++) {
                        sum[c.entry.applyAsInt(i)] += y[i] * v[1][i];
                    }
                    return sum;
                },
                true,
                List.of(x, x)));
    }

    private Tensor tensor(DType dtype, double[] data, In in) {
        return Tensor.of(device, dtype, data, in.sizes);
    }

    private double[][] numbers(Row row, String stream) {
        double[][] data = new double[row.in.size()][];
        for (int k = 0; k < data.length; k++) {
            In in = row.in.get(k);
            data[k] = rng.stream(stream).stream(k).uniform(0, Shape.of(in.sizes).count(), 0);
            for (int i = 0; i < data[k].length; i++) {
                data[k][i] = in.low + (in.high - in.low) * data[k][i];
            }
        }
        return data;
    }

    private double[][] directions(Row row, String stream) {
        double[][] data = new double[row.in.size()][];
        for (int k = 0; k < data.length; k++) {
            data[k] = rng.stream(stream).stream(k)
                    .normal(0, Shape.of(row.in.get(k).sizes).count(), 1);
        }
        return data;
    }

    private static double[][] moved(double[][] x, double[][] d, double h) {
        double[][] y = new double[x.length][];
        for (int k = 0; k < x.length; k++) {
            y[k] = x[k].clone();
            for (int i = 0; i < y[k].length; i++) {
                y[k][i] += h * d[k][i];
            }
        }
        return y;
    }

    private Tensor[] tensors(Row row, DType dtype, double[][] data) {
        Tensor[] x = new Tensor[data.length];
        for (int k = 0; k < x.length; k++) {
            x[k] = tensor(dtype, data[k], row.in.get(k));
        }
        return x;
    }

    private static double[] tangent(Dual dual) {
        return Jvp.tangentOrZero(dual).toDoubles();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void close(String what, double[] expected, double[] actual, double tol) {
        assertEquals(expected.length, actual.length, what);
        double scale = 1e-3;
        for (double v : expected) {
            scale = Math.max(scale, Math.abs(v));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tol * scale, what + " at " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void forwardGivesTheFormula(Row row) {
        double[][] x = numbers(row, "x");
        double[] expected = row.oracle.apply(x);
        close("F64", expected, Tensor.apply(row.op, tensors(row, DType.F64, x)).toDoubles(), 1e-13);
        double[][] narrow = new double[x.length][];
        for (int k = 0; k < x.length; k++) {
            narrow[k] = Arrays.stream(x[k]).map(v -> (double) (float) v).toArray();
        }
        Tensor y = Tensor.apply(row.op, tensors(row, DType.F32, narrow));
        assertEquals(DType.F32, y.dtype());
        close("F32", row.oracle.apply(narrow), y.toDoubles(), 2e-6);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tangentIsTheDirectionalDerivative(Row row) {
        if (!row.smooth) {
            return;
        }
        double[][] x = numbers(row, "x");
        double[][] d = directions(row, "d");
        Dual dual = Jvp.of(in -> Tensor.apply(row.op, in), tensors(row, DType.F64, x), tensors(row, DType.F64, d));
        double h = 1e-5;
        double[] up = row.oracle.apply(moved(x, d, h));
        double[] down = row.oracle.apply(moved(x, d, -h));
        double[] numeric = new double[up.length];
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] = (up[i] - down[i]) / (2 * h);
        }
        close("jvp", numeric, tangent(dual), 1e-7);

        Dual detached =
                Jvp.detached(in -> Tensor.apply(row.op, in), tensors(row, DType.F64, x), tensors(row, DType.F64, d));
        close("value", dual.value().toDoubles(), detached.value().toDoubles(), 0);
        close("detached tangent", tangent(dual), tangent(detached), 1e-13);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void adjointLawHolds(Row row) {
        for (DType dtype : new DType[] {DType.F64, DType.F32}) {
            double[][] x = numbers(row, "x");
            Tensor[] leaves = tensors(row, dtype, x);
            for (int k = 0; k < leaves.length; k++) {
                leaves[k] = leaves[k].requireGrad();
            }
            Tensor[] d = tensors(row, dtype, directions(row, "d"));
            Dual dual = Jvp.of(in -> Tensor.apply(row.op, in), leaves, d);
            Tensor y = dual.value();
            double[] ct = rng.stream("ct").normal(0, y.shape().count(), 0);
            List<Tensor> back =
                    Grad.vjp(y, Tensor.of(device, dtype, ct, y.shape().sizes()), List.of(leaves));
            double left = dot(ct, tangent(dual));
            double right = 0;
            double size = 1e-3;
            for (int k = 0; k < leaves.length; k++) {
                assertEquals(leaves[k].shape(), back.get(k).shape());
                double[] a = back.get(k).toDoubles();
                double[] b = d[k].toDoubles();
                right += dot(a, b);
                for (int i = 0; i < a.length; i++) {
                    size += Math.abs(a[i] * b[i]);
                }
            }
            assertEquals(left, right, (dtype == DType.F64 ? 1e-12 : 2e-5) * size, "adjoint law in " + dtype);
        }
    }

    /** s(x) = sum(ct . J(x) d); its gradient, once through the recorded tangent and once through a recorded gradient. */
    @ParameterizedTest
    @MethodSource("rows")
    void secondOrderAgrees(Row row) {
        if (!row.smooth) {
            return;
        }
        double[][] x = numbers(row, "x");
        double[][] d = directions(row, "d");
        double[][] e = directions(row, "e");
        double h = 1e-5;
        double numeric = (bilinear(row, moved(x, e, h), d) - bilinear(row, moved(x, e, -h), d)) / (2 * h);

        Tensor[] leaves = leaves(row, x);
        Dual dual = Jvp.of(in -> Tensor.apply(row.op, in), leaves, tensors(row, DType.F64, d));
        Tensor dy = Jvp.tangentOrZero(dual);
        Tensor ct = Tensor.of(
                device,
                DType.F64,
                rng.stream("ct").normal(0, dy.shape().count(), 0),
                dy.shape().sizes());
        double overForward = 0;
        double size = 1e-2;
        if (dy.needsGrad()) {
            List<Tensor> g = Grad.retain(Ops.sum(Ops.mul(dy, ct)), List.of(leaves));
            for (int k = 0; k < leaves.length; k++) {
                double[] a = g.get(k).toDoubles();
                overForward += dot(a, e[k]);
                size = Math.max(size, Math.abs(overForward));
                for (int i = 0; i < a.length; i++) {
                    size = Math.max(size, Math.abs(a[i] * e[k][i]));
                }
            }
        }
        assertEquals(numeric, overForward, 2e-6 * size, "reverse over forward");

        leaves = leaves(row, x);
        Tensor y = Tensor.apply(row.op, leaves);
        List<Tensor> first = Grad.createGraph(Ops.sum(Ops.mul(y, ct)), List.of(leaves));
        Tensor s = null;
        for (int k = 0; k < leaves.length; k++) {
            Tensor term = Ops.sum(Ops.mul(first.get(k), tensor(DType.F64, d[k], row.in.get(k))));
            s = s == null ? term : Ops.add(s, term);
        }
        assertNotNull(s);
        double overReverse = 0;
        if (s.needsGrad()) {
            List<Tensor> g = Grad.of(s, List.of(leaves));
            for (int k = 0; k < leaves.length; k++) {
                overReverse += dot(g.get(k).toDoubles(), e[k]);
            }
        }
        assertEquals(numeric, overReverse, 2e-6 * size, "reverse over reverse");
    }

    private Tensor[] leaves(Row row, double[][] x) {
        Tensor[] leaves = tensors(row, DType.F64, x);
        for (int k = 0; k < leaves.length; k++) {
            leaves[k] = leaves[k].requireGrad();
        }
        return leaves;
    }

    private double bilinear(Row row, double[][] x, double[][] d) {
        Dual dual =
                Jvp.detached(in -> Tensor.apply(row.op, in), tensors(row, DType.F64, x), tensors(row, DType.F64, d));
        double[] dy = tangent(dual);
        return dot(rng.stream("ct").normal(0, dy.length, 0), dy);
    }

    @Test
    void gatherAndScatterAreTransposes() {
        Tensor index = Tensor.of(device, new int[] {2, 0, 2, 1}, 4);
        Tensor table = Tensor.of(device, DType.F64, new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
        close(
                "gather",
                new double[] {5, 6, 1, 2, 5, 6, 3, 4},
                Ops.gatherRows(table, index).toDoubles(),
                0);
        Tensor leaf = table.requireGrad();
        Tensor weights = Tensor.of(device, DType.F64, new double[] {1, 10, 2, 20, 3, 30, 4, 40}, 4, 2);
        Tensor y = Ops.mul(Ops.square(Ops.gatherRows(leaf, index)), weights);
        // d/dtable of sum w t^2 gathered: 2 t (sum of the weights that picked the row).
        Tensor g = Grad.createGraph(Ops.sum(y), List.of(leaf)).get(0);
        close("scatter", new double[] {2 * 2, 2 * 2 * 20, 6 * 4, 8 * 40, 10 * 4, 12 * 40}, g.toDoubles(), 1e-15);
        Tensor gg = Grad.of(Ops.sum(g), List.of(leaf)).get(0);
        close("second", new double[] {4, 40, 8, 80, 8, 80}, gg.toDoubles(), 1e-15);
        Dual dual = Jvp.of(t -> Ops.gatherRows(t, index), table, table);
        close("jvp", Ops.gatherRows(table, index).toDoubles(), tangent(dual), 0);
    }

    /** An operation whose rules can be planted with errors: x^3, with factors of its slope in either mode. */
    private record Planted(double forward, double reverse) implements Op {
        @Override
        public String name() {
            return "planted";
        }

        @Override
        public Tensor forward(Tensor... in) {
            return Ops.pow(in[0], 3);
        }

        @Override
        public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
            return Ops.scale(Ops.mul(g, Ops.square(in[0])), 3 * reverse);
        }

        @Override
        public Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
            return Ops.scale(Ops.mul(Objects.requireNonNull(dx[0]), Ops.square(in[0])), 3 * forward);
        }
    }

    /** A slope that is right to first order but cut off from its input, as if it were a constant. */
    private record CutOff() implements Op {
        @Override
        public String name() {
            return "cutOff";
        }

        @Override
        public Tensor forward(Tensor... in) {
            return Ops.pow(in[0], 3);
        }

        @Override
        public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
            return Ops.scale(Ops.mul(g, Ops.square(in[0].stopGradient())), 3);
        }

        @Override
        public Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
            return Ops.scale(Ops.mul(Objects.requireNonNull(dx[0]), Ops.square(in[0].stopGradient())), 3);
        }
    }

    /** A fused pass whose tangent differs from the rule. */
    private record WrongPass() implements Op {
        private static final Planted RIGHT = new Planted(1, 1);

        @Override
        public String name() {
            return "wrongPass";
        }

        @Override
        public Tensor forward(Tensor... in) {
            return RIGHT.forward(in);
        }

        @Override
        public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
            return RIGHT.vjp(i, g, y, in);
        }

        @Override
        public Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
            return RIGHT.jvp(dx, y, in);
        }

        @Override
        public Dual forwardWithTangent(Tensor[] in, @Nullable Tensor[] dx) {
            return new Dual(forward(in), Ops.scale(jvp(dx, in[0], in), 1.01));
        }
    }

    @Test
    void wrongRulesAreCaught() {
        Function<double[][], double[]> cube =
                v -> Arrays.stream(v[0]).map(x -> x * x * x).toArray();
        List<In> in = List.of(new In(0.5, 2, 5));
        Row right = new Row(new Planted(1, 1), cube, true, in);
        tangentIsTheDirectionalDerivative(right);
        adjointLawHolds(right);
        secondOrderAgrees(right);
        Row wrongJvp = new Row(new Planted(1.01, 1), cube, true, in);
        assertThrows(AssertionError.class, () -> tangentIsTheDirectionalDerivative(wrongJvp));
        assertThrows(AssertionError.class, () -> adjointLawHolds(wrongJvp));
        Row wrongVjp = new Row(new Planted(1, 1.01), cube, true, in);
        assertThrows(AssertionError.class, () -> adjointLawHolds(wrongVjp));
        Row cutOff = new Row(new CutOff(), cube, true, in);
        tangentIsTheDirectionalDerivative(cutOff);
        adjointLawHolds(cutOff);
        assertThrows(AssertionError.class, () -> secondOrderAgrees(cutOff));
        Row wrongPass = new Row(new WrongPass(), cube, true, in);
        assertThrows(AssertionError.class, () -> tangentIsTheDirectionalDerivative(wrongPass));
        Row wrongValue = new Row(new Planted(1, 1), v -> new double[5], true, in);
        assertThrows(AssertionError.class, () -> forwardGivesTheFormula(wrongValue));
    }

    @Test
    void everyOperationHasARow() throws IOException {
        Set<String> tested = new TreeSet<>(Set.of("GatherRows", "ScatterAddRows"));
        // The two nodes of a recorded layer: FusedTest. A value without a derivative: OpsTest.
        tested.addAll(Set.of("LinearBefore", "Activated", "ArgMax"));
        for (Row row : rows()) {
            tested.add(row.op.getClass().getSimpleName());
        }
        Set<String> present = new TreeSet<>();
        for (String name : namesBesideOp()) {
            Class<?> type;
            try {
                type = Class.forName("org.fewstep.op." + name);
            } catch (ClassNotFoundException notAType) {
                continue;
            }
            if (Op.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                present.add(name);
            }
        }
        assertTrue(present.size() > 40, "operations found: " + present);
        assertEquals(present, tested);
    }

    /** Of the classes in Op's package, which is a folder or, in the portable bundle, in a jar. */
    private static List<String> namesBesideOp() throws IOException {
        String place = "org/fewstep/op/";
        Path code = Path.of(URI.create(
                Op.class.getProtectionDomain().getCodeSource().getLocation().toString()));
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(code)) {
            try (Stream<Path> files = Files.list(code.resolve(place))) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            }
        } else {
            try (JarFile jar = new JarFile(code.toFile())) {
                jar.stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.startsWith(place))
                        .forEach(name -> names.add(name.substring(place.length())));
            }
        }
        names.replaceAll(name -> name.replace(".class", ""));
        return names;
    }
}
