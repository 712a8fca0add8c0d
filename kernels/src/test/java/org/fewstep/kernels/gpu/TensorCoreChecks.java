package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Workload.Family;
import org.jspecify.annotations.Nullable;

/**
 * What the versions for tensor cores must do, on whatever CUDA device there is: a real one, or the simulator.
 *
 * <p>Small whole numbers are exact in TF32 and BF16, and so are their sums in F32: there every element must be exact, so that
 * no place of a layout can be wrong. Other numbers are held to the bounds of tensor_core.h.
 */
final class TensorCoreChecks {
    private static final int[] CHAINS = {5, 6, 7};
    private static final double SCALE = 0.125;

    /** An error planted in a file, and the check that must fail for it. */
    private record Mutation(String code, String wrong, String check) {}

    private static final Mutation[] MUTATIONS = {
        new Mutation("AWAIT_COPIES(1);", ";", "v5 exact"),
        new Mutation("g + e / 2 % 2 * 8) * STRIP_PITCH", "g + e % 2 * 8) * STRIP_PITCH", "v5 exact"),
        new Mutation(
                "chunk % (DEEP / 4) * 4\n                       :", "chunk % 4\n                       :", "v6 exact"),
        new Mutation("row + LANE / 8 % 2 * 8);", "row);", "v6 exact"),
        new Mutation("(chunk ^ (row % 8))", "chunk", "v7 exact"),
        new Mutation("AWAIT_PRODUCTS(1);", "", "v7 exact"),
        new Mutation("make_barrier(free + s, CONSUMER_WARPS)", "make_barrier(free + s, 1)", "v7 exact"),
        new Mutation("tap = plus(tap, tap_step", "tap = plus(tap, step", "convolution exact"),
        new Mutation("to[l * ACROSS +", "to[c * ACROSS +", "convolution exact"),
        new Mutation("tangent[j][e] = fma(-moved[e / 2]", "tangent[j][e] = fma(-moved[0]", "attention peaked"),
        new Mutation("each[2 * query + 1]", "each[1]", "attention"),
        new Mutation("out.tokens - key, most, sum, shrink)", "64, most, sum, shrink)", "attention"),
    };

    /** Fails with an AssertionError. */
    @FunctionalInterface
    interface Check {
        void run();
    }

    private final Supplier<Driver> drivers;
    private final boolean simulated;
    private UnaryOperator<String> sources = Source::of;

    /**
     * Checks of the device of a driver.
     *
     * @param simulated what the simulator promises beyond a device is checked too
     */
    TensorCoreChecks(Supplier<Driver> drivers, boolean simulated) {
        this.drivers = drivers;
        this.simulated = simulated;
    }

    /** All checks by name. */
    Map<String, Check> all() {
        Map<String, Check> checks = new LinkedHashMap<>();
        for (int version : CHAINS) {
            checks.put("v" + version + " exact", () -> exact(version));
            checks.put("v" + version + " bounded", () -> bounded(version));
            checks.put("v" + version + " ending", () -> ending(version));
            checks.put("v" + version + " rows", () -> rows(version));
            checks.put("v" + version + " not finite", () -> notFinite(version));
        }
        checks.put("v5 in two stages", this::twoStages);
        checks.put("convolution exact", this::convolutionExact);
        checks.put("convolution bounded", this::convolutionBounded);
        checks.put("convolution alone", this::convolutionAlone);
        checks.put("attention", this::attention);
        checks.put("attention peaked", this::peaked);
        checks.put("attention in order", this::attentionAlone);
        checks.put("default versions", this::defaults);
        if (simulated) {
            checks.put("v7 as v6", this::sameChain);
            for (Mutation mutation : MUTATIONS) {
                String check = mutation.check();
                checks.put(
                        "planted: " + mutation.code().lines().findFirst().orElse(""), () -> planted(mutation, check));
            }
        }
        return checks;
    }

    private void planted(Mutation mutation, String check) {
        boolean[] found = new boolean[1];
        sources = file -> {
            String source = Source.of(file);
            found[0] |= source.contains(mutation.code());
            return source.replace(mutation.code(), mutation.wrong());
        };
        boolean passed = true;
        try {
            checkOf(check).run();
        } catch (KernelBuildError e) {
            throw e;
        } catch (AssertionError | RuntimeException e) {
            passed = false;
        } finally {
            sources = Source::of;
        }
        require(found[0], "no file has any longer: " + mutation.code());
        require(!passed, "the error was not found");
    }

    private Check checkOf(String name) {
        return switch (name) {
            case "v5 exact" -> () -> exact(5);
            case "v6 exact" -> () -> exact(6);
            case "v7 exact" -> () -> exact(7);
            case "convolution exact" -> this::convolutionExact;
            case "attention" -> this::attention;
            case "attention peaked" -> this::peaked;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    // Products.

    /** A product's sizes and what else there is to it. */
    private record Shape(
            int batch,
            int m,
            int n,
            int k,
            boolean transA,
            boolean transB,
            boolean sharedA,
            boolean sharedB,
            boolean biased,
            Elementwise.@Nullable Code activation) {
        static Shape of(int m, int n, int k) {
            return new Shape(1, m, n, k, false, false, false, false, false, null);
        }

        Shape turned(int bits) {
            return new Shape(batch, m, n, k, (bits & 1) != 0, (bits & 2) != 0, sharedA, sharedB, biased, activation);
        }

        Shape batched(int items, boolean a, boolean b) {
            return new Shape(items, m, n, k, transA, transB, a, b, biased, activation);
        }

        Shape ending(boolean bias, Elementwise.@Nullable Code code) {
            return new Shape(batch, m, n, k, transA, transB, sharedA, sharedB, bias, code);
        }

        double a(double[] a, int item, int i, int l) {
            return a[(sharedA ? 0 : item * m * k) + (transA ? l * m + i : i * k + l)];
        }

        double b(double[] b, int item, int l, int j) {
            return b[(sharedB ? 0 : item * k * n) + (transB ? j * k + l : l * n + j)];
        }
    }

    private GpuDevice open(Driver driver, Precision precision, Choices choices) {
        Programs programs = new Programs(driver, ProgramCache.ofUser(), sources);
        return new GpuDevice("cuda:0", driver, programs, choices, precision, 1 << 26, true);
    }

    /** A device that runs one version of one family; two units, so that groups walk over several tiles. */
    private GpuDevice open(Family family, int version) {
        Precision precision = version == 5 && family == Family.MATMUL ? Precision.TF32 : Precision.BF16;
        Driver driver = drivers.get();
        Driver.Facts f = driver.facts();
        Driver.Facts few =
                new Driver.Facts(f.name(), f.version(), f.backend(), f.capability(), f.cpu(), f.f64(), 2, f.bytes());
        return open(new Wrapped(driver, few), precision, Choices.preferring(family, Choice.version(version)));
    }

    private static Buffer of(GpuDevice device, double... values) {
        Buffer buffer = device.allocate(DType.F32, values.length);
        device.write(buffer, values, 0, values.length);
        return buffer;
    }

    private static Buffer blank(GpuDevice device, int size) {
        double[] values = new double[size];
        Arrays.fill(values, Double.NaN);
        return of(device, values);
    }

    private static double[] read(Buffer buffer) {
        double[] values = new double[buffer.size()];
        buffer.device().read(buffer, values, 0, values.length);
        return values;
    }

    /** Whole numbers from -4 to 4. */
    private static double[] whole(long seed, int n) {
        return new Random(seed).ints(n, -4, 5).asDoubleStream().toArray();
    }

    private static double[] uniform(long seed, int n, double most) {
        Random random = new Random(seed);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (most * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    private static double[] product(GpuDevice device, Shape s, double[] a, double[] b, double[] bias) {
        int size = s.batch * s.m * s.n;
        Buffer c = blank(device, size);
        Buffer pre = s.activation == null ? null : blank(device, size);
        device.run(new MatMul(
                s.batch,
                s.m,
                s.n,
                s.k,
                s.transA,
                s.transB,
                s.sharedA,
                s.sharedB,
                of(device, a),
                of(device, b),
                s.biased ? of(device, bias) : null,
                s.activation,
                pre,
                c));
        double[] result = read(c);
        if (pre != null) {
            Buffer again = blank(device, size);
            device.run(new Elementwise(
                    s.activation,
                    0,
                    0,
                    new int[] {size},
                    Layout.contiguous(again, size),
                    Layout.contiguous(pre, size)));
            require(Arrays.equals(result, read(again)), "the activation's bits are not elementwise's in " + s);
            return read(pre);
        }
        return result;
    }

    private static int sizeA(Shape s) {
        return (s.sharedA ? 1 : s.batch) * s.m * s.k;
    }

    private static int sizeB(Shape s) {
        return (s.sharedB ? 1 : s.batch) * s.k * s.n;
    }

    /** Checks every element before the activation: within u S + v of the exact sum, S the sum of the terms' sizes. */
    private static void compare(GpuDevice device, Shape s, double[] a, double[] b, double u) {
        double[] bias = whole(3, s.n);
        double[] got = product(device, s, a, b, bias);
        for (int item = 0; item < s.batch; item++) {
            for (int i = 0; i < s.m; i++) {
                for (int j = 0; j < s.n; j++) {
                    double sum = 0;
                    double sizes = 0;
                    for (int l = 0; l < s.k; l++) {
                        double term = s.a(a, item, i, l) * s.b(b, item, l, j);
                        sum += term;
                        sizes += Math.abs(term);
                    }
                    double expected = sum + (s.biased ? bias[j] : 0);
                    double limit = u * sizes + (u == 0 ? 0 : 0x1p-23 * Math.abs(expected));
                    double actual = got[(item * s.m + i) * s.n + j];
                    require(
                            Math.abs(actual - expected) <= limit,
                            s + " at " + item + ", " + i + ", " + j + ": got " + actual + ", expected " + expected
                                    + " within " + limit);
                }
            }
        }
    }

    private void exact(int version) {
        try (GpuDevice device = open(Family.MATMUL, version);
                Scope scope = device.scope()) {
            for (int turned = 0; turned < 4; turned++) {
                Shape[] shapes = {
                    Shape.of(130, 268, 333).turned(turned).ending(true, null),
                    Shape.of(64, 132, 36).turned(turned),
                    Shape.of(13, 37, 5).turned(turned).ending(true, Elementwise.Code.RELU),
                    Shape.of(6, 5, 7).turned(turned).batched(3, false, true),
                    Shape.of(6, 8, 12).turned(turned).batched(3, true, false),
                    Shape.of(1, 1, 1).turned(turned),
                    Shape.of(3, 4, 0).turned(turned).ending(true, null)
                };
                for (Shape s : shapes) {
                    compare(device, s, whole(1, sizeA(s)), whole(2, sizeB(s)), 0);
                }
            }
        }
    }

    /** As in tensor_core.h. */
    private static double bound(int version, int k) {
        return version == 5 ? 0x1p-10 + 0x1p-22 + (k / 8 + 1) * 0x1p-20 : 0x1p-7 + 0x1p-16 + (k / 16 + 1) * 0x1p-20;
    }

    private void bounded(int version) {
        try (GpuDevice device = open(Family.MATMUL, version);
                Scope scope = device.scope()) {
            for (Shape s : new Shape[] {
                Shape.of(33, 40, 500).turned(2), Shape.of(20, 264, 70).ending(true, null)
            }) {
                compare(device, s, uniform(1, sizeA(s), 1), uniform(2, sizeB(s), 3), bound(version, s.k));
            }
        }
    }

    private void ending(int version) {
        try (GpuDevice device = open(Family.MATMUL, version);
                Scope scope = device.scope()) {
            for (Elementwise.Code code : Elementwise.Code.values()) {
                if (MatMul.isActivation(code)) {
                    Shape s = Shape.of(21, 44, 24).turned(1).ending(true, code);
                    compare(device, s, uniform(1, sizeA(s), 1), uniform(2, sizeB(s), 1), bound(version, s.k));
                }
            }
        }
    }

    /** A row's bits do not depend on how many rows there are, nor on where it stands. */
    private void rows(int version) {
        try (GpuDevice device = open(Family.MATMUL, version);
                Scope scope = device.scope()) {
            Shape many = Shape.of(140, 36, 100);
            double[] a = uniform(1, sizeA(many), 1);
            double[] b = uniform(2, sizeB(many), 1);
            double[] all = product(device, many, a, b, new double[0]);
            for (int i = 0; i < many.m; i += 9) {
                double[] row = Arrays.copyOfRange(a, i * many.k, (i + 1) * many.k);
                double[] alone = product(device, Shape.of(1, many.n, many.k), row, b, new double[0]);
                require(
                        Arrays.equals(alone, Arrays.copyOfRange(all, i * many.n, (i + 1) * many.n)),
                        "row " + i + " has other bits alone");
            }
        }
    }

    private void notFinite(int version) {
        try (GpuDevice device = open(Family.MATMUL, version);
                Scope scope = device.scope()) {
            Shape s = Shape.of(40, 40, 40);
            double[] a = uniform(6, 1600, 1);
            double[] b = uniform(7, 1600, 1);
            for (int i = 0; i < 1600; i++) {
                a[i] = 1.5 + a[i] / 2;
                b[i] = 1.5 + b[i] / 2;
            }
            a[3 * 40 + 5] = Double.POSITIVE_INFINITY;
            b[7 * 40 + 11] = Double.NaN;
            double[] c = product(device, s, a, b, new double[0]);
            for (int i = 0; i < 1600; i++) {
                boolean right = i % 40 == 11
                        ? Double.isNaN(c[i])
                        : i / 40 == 3 ? c[i] == Double.POSITIVE_INFINITY : c[i] > 39 && c[i] < 161;
                require(right, "got " + c[i] + " at " + i / 40 + ", " + i % 40);
            }
        }
    }

    /** Where a group may have less shared memory: bits do not change. */
    private void twoStages() {
        Shape s = Shape.of(20, 36, 200);
        double[] a = uniform(1, sizeA(s), 1);
        double[] b = uniform(2, sizeB(s), 1);
        double[][] results = new double[2][];
        for (int small = 0; small < 2; small++) {
            Driver driver = drivers.get();
            Driver.Facts f = driver.facts();
            Driver.Facts facts = new Driver.Facts(
                    f.name(), f.version(), f.backend(), small == 0 ? 90 : 86, f.cpu(), f.f64(), f.units(), f.bytes());
            try (GpuDevice device = open(new Wrapped(driver, facts), Precision.TF32, Choices.STANDARD);
                    Scope scope = device.scope()) {
                results[small] = product(device, s, a, b, new double[0]);
            }
        }
        require(Arrays.equals(results[0], results[1]), "two stages give other bits than three");
    }

    private void sameChain() {
        Shape s = Shape.of(70, 300, 150);
        double[] a = uniform(1, sizeA(s), 1);
        double[] b = uniform(2, sizeB(s), 1);
        double[][] results = new double[2][];
        for (int version = 6; version <= 7; version++) {
            try (GpuDevice device = open(Family.MATMUL, version);
                    Scope scope = device.scope()) {
                results[version - 6] = product(device, s, a, b, new double[0]);
            }
        }
        require(Arrays.equals(results[0], results[1]), "v7 gives other bits than v6");
    }

    // Convolutions.

    private static final Conv2d.Geometry[] GEOMETRIES = {
        new Conv2d.Geometry(3, 17, 9, 10, 70, 9, 10, 3, 3, 1, 1, 1, 1, 1),
        new Conv2d.Geometry(2, 24, 9, 11, 20, 5, 6, 5, 4, 2, 2, 2, 1, 2),
        new Conv2d.Geometry(5, 66, 6, 6, 5, 6, 6, 1, 1, 1, 1, 0, 0, 1),
        new Conv2d.Geometry(1, 4, 8, 7, 4, 2, 2, 2, 3, 4, 3, 0, 0, 1),
    };

    /** The operands of one convolution, and where terms of the three results stand. */
    private record Convolution(Conv2d.Geometry g, double[] x, double[] w, double[] y, double[] bias) {
        static Convolution whole(Conv2d.Geometry g) {
            return new Convolution(
                    g,
                    TensorCoreChecks.whole(1, g.batch() * g.inChannels() * g.inHeight() * g.inWidth()),
                    TensorCoreChecks.whole(2, g.outChannels() * g.depth()),
                    TensorCoreChecks.whole(3, g.batch() * g.outChannels() * g.places()),
                    TensorCoreChecks.whole(4, g.outChannels()));
        }

        static Convolution uniform(Conv2d.Geometry g) {
            return new Convolution(
                    g,
                    TensorCoreChecks.uniform(1, g.batch() * g.inChannels() * g.inHeight() * g.inWidth(), 1),
                    TensorCoreChecks.uniform(2, g.outChannels() * g.depth(), 1),
                    TensorCoreChecks.uniform(3, g.batch() * g.outChannels() * g.places(), 1),
                    TensorCoreChecks.uniform(4, g.outChannels(), 1));
        }

        /** The result of a code within u S of the exact sum, S the sum of the terms' sizes. */
        Bounded expected(Conv2d.Code code, double u) {
            Bounded result = Bounded.of(
                    switch (code) {
                        case FORWARD -> y.length;
                        case INPUT -> x.length;
                        case WEIGHT -> w.length;
                    });
            for (int n = 0; n < g.batch(); n++) {
                for (int o = 0; o < g.outChannels(); o++) {
                    for (int place = 0; place < g.places(); place++) {
                        int to = (n * g.outChannels() + o) * g.places() + place;
                        if (code == Conv2d.Code.FORWARD) {
                            result.add(to, bias[o], 0);
                        }
                        for (int c = 0; c < g.groupIn(); c++) {
                            window(code, u, n, o, place, c, to, result);
                        }
                    }
                }
            }
            return result;
        }

        private void window(Conv2d.Code code, double u, int n, int o, int place, int c, int to, Bounded result) {
            int channel = n * g.inChannels() + o / g.groupOut() * g.groupIn() + c;
            for (int a = 0; a < g.kernelHeight(); a++) {
                for (int b = 0; b < g.kernelWidth(); b++) {
                    int row = place / g.outWidth() * g.strideY() - g.padTop() + a;
                    int column = place % g.outWidth() * g.strideX() - g.padLeft() + b;
                    if (row < 0 || row >= g.inHeight() || column < 0 || column >= g.inWidth()) {
                        continue;
                    }
                    int from = (channel * g.inHeight() + row) * g.inWidth() + column;
                    int weight = ((o * g.groupIn() + c) * g.kernelHeight() + a) * g.kernelWidth() + b;
                    switch (code) {
                        case FORWARD -> result.add(to, w[weight] * x[from], u * Math.abs(w[weight] * x[from]));
                        case INPUT -> result.add(from, w[weight] * y[to], u * Math.abs(w[weight] * y[to]));
                        case WEIGHT -> result.add(weight, y[to] * x[from], u * Math.abs(y[to] * x[from]));
                    }
                }
            }
        }

        double[] run(GpuDevice device, Conv2d.Code code) {
            Buffer xs = code == Conv2d.Code.INPUT ? blank(device, x.length) : of(device, x);
            Buffer ws = code == Conv2d.Code.WEIGHT ? blank(device, w.length) : of(device, w);
            Buffer ys = code == Conv2d.Code.FORWARD ? blank(device, y.length) : of(device, y);
            device.run(new Conv2d(code, g, xs, ws, code == Conv2d.Code.FORWARD ? of(device, bias) : null, ys));
            return read(
                    switch (code) {
                        case FORWARD -> ys;
                        case INPUT -> xs;
                        case WEIGHT -> ws;
                    });
        }

        /** Terms of the longest chain. */
        int terms(Conv2d.Code code) {
            return switch (code) {
                case FORWARD -> g.depth();
                case INPUT -> g.groupOut() * g.kernelHeight() * g.kernelWidth();
                case WEIGHT -> g.batch() * g.places();
            };
        }
    }

    private void convolutionExact() {
        try (GpuDevice device = open(Family.CONV2D, 4);
                Scope scope = device.scope()) {
            for (Conv2d.Geometry g : GEOMETRIES) {
                Convolution s = Convolution.whole(g);
                for (Conv2d.Code code : Conv2d.Code.values()) {
                    s.expected(code, 0).require(code + " of " + g, s.run(device, code));
                }
            }
        }
    }

    private void convolutionBounded() {
        try (GpuDevice device = open(Family.CONV2D, 4);
                Scope scope = device.scope()) {
            for (Conv2d.Geometry g : GEOMETRIES) {
                Convolution s = Convolution.uniform(g);
                for (Conv2d.Code code : Conv2d.Code.values()) {
                    s.expected(code, bound(6, s.terms(code))).require(code + " of " + g, s.run(device, code));
                }
            }
        }
    }

    /** A sample's bits do not depend on the others. */
    private void convolutionAlone() {
        Conv2d.Geometry g = GEOMETRIES[0];
        Conv2d.Geometry one = new Conv2d.Geometry(
                1,
                g.inChannels(),
                g.inHeight(),
                g.inWidth(),
                g.outChannels(),
                g.outHeight(),
                g.outWidth(),
                g.kernelHeight(),
                g.kernelWidth(),
                g.strideY(),
                g.strideX(),
                g.padTop(),
                g.padLeft(),
                g.groups());
        Convolution all = Convolution.uniform(g);
        try (GpuDevice device = open(Family.CONV2D, 4);
                Scope scope = device.scope()) {
            for (Conv2d.Code code : new Conv2d.Code[] {Conv2d.Code.FORWARD, Conv2d.Code.INPUT}) {
                double[] together = all.run(device, code);
                for (int n = 0; n < g.batch(); n++) {
                    double[] alone = new Convolution(
                                    one, part(all.x, n, g.batch()), all.w, part(all.y, n, g.batch()), all.bias)
                            .run(device, code);
                    require(
                            Arrays.equals(alone, part(together, n, g.batch())),
                            code + ": sample " + n + " has other bits alone");
                }
            }
        }
    }

    private static double[] part(double[] whole, int part, int parts) {
        int size = whole.length / parts;
        return Arrays.copyOfRange(whole, part * size, (part + 1) * size);
    }

    // Attention.

    private static Attention.Heads in(int layout, int b, int h, int t, int c) {
        return switch (layout) {
            case 0 -> new Attention.Heads(b, h, t, c, t * 3 * h * c, c, h * c, 3 * h * c, 1);
            case 1 -> new Attention.Heads(b, h, t, c, h * c * 3 * t, c * 3 * t, t, 1, 3 * t);
            default -> new Attention.Heads(b, h, t, c, h * t * 3 * c, t * 3 * c, c, 3 * c, 1);
        };
    }

    private static Attention.Heads out(int layout, int b, int h, int t, int c) {
        return switch (layout) {
            case 0 -> new Attention.Heads(b, h, t, c, t * h * c, c, 0, h * c, 1);
            case 1 -> new Attention.Heads(b, h, t, c, h * c * t, c * t, 0, 1, t);
            default -> new Attention.Heads(b, h, t, c, h * t * c, t * c, 0, c, 1);
        };
    }

    private static int place(Attention.Heads l, int head, int part, int token, int channel) {
        return head / l.heads() * l.batchStep()
                + head % l.heads() * l.headStep()
                + part * l.partStep()
                + token * l.tokenStep()
                + channel * l.channelStep();
    }

    /** Nearest BF16, ties to even. */
    static double bf16(double x) {
        int bits = Float.floatToRawIntBits((float) x);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    /** Expected numbers, and how far from them results may be. */
    private record Bounded(double[] expected, double[] limit) {
        static Bounded of(int size) {
            return new Bounded(new double[size], new double[size]);
        }

        void add(int at, double term, double error) {
            expected[at] += term;
            limit[at] += error;
        }

        void require(String what, double[] got) {
            for (int i = 0; i < got.length; i++) {
                TensorCoreChecks.require(
                        Math.abs(got[i] - expected[i]) <= limit[i] + 1e-6,
                        what + " at " + i + ": got " + got[i] + ", expected " + expected[i] + " within " + limit[i]);
            }
        }
    }

    /** Weights and what is weighted, of BF16 operands: value, tangent and gradient, with what rounding in between may change. */
    private static final class Oracle {
        private static final double U = 0x1p-8;
        private static final double F32 = 0x1p-19;

        final Bounded value;
        final Bounded tangent;
        final Bounded gradient;

        Oracle(Attention.Heads in, Attention.Heads out, double[] x, double[] d, double[] g, double scale) {
            int one = g.length;
            value = Bounded.of(one);
            tangent = Bounded.of(one);
            gradient = Bounded.of(3 * one);
            for (int head = 0; head < in.batch() * in.heads(); head++) {
                for (int i = 0; i < in.tokens(); i++) {
                    row(in, out, x, d, g, scale, head, i);
                }
            }
        }

        private static double at(double[] x, Attention.Heads l, int head, int part, int token, int channel) {
            return bf16(x[place(l, head, part, token, channel)]);
        }

        private void row(
                Attention.Heads in,
                Attention.Heads out,
                double[] x,
                double[] d,
                double[] g,
                double scale,
                int head,
                int i) {
            int t = in.tokens();
            int channels = in.channels();
            double[] p = new double[t];
            double[] ds = new double[t];
            double[] dp = new double[t];
            double most = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < t; j++) {
                for (int c = 0; c < channels; c++) {
                    double q = at(x, in, head, 0, i, c);
                    double k = at(x, in, head, 1, j, c);
                    p[j] += scale * q * k;
                    ds[j] += scale * (at(d, in, head, 0, i, c) * k + q * at(d, in, head, 1, j, c));
                    dp[j] += at(g, out, head, 0, i, c) * at(x, in, head, 2, j, c);
                }
                most = Math.max(most, p[j]);
            }
            double sum = 0;
            for (int j = 0; j < t; j++) {
                p[j] = Math.exp(p[j] - most);
                sum += p[j];
            }
            double meanDs = 0;
            double meanDp = 0;
            for (int j = 0; j < t; j++) {
                p[j] /= sum;
                meanDs += p[j] * ds[j];
                meanDp += p[j] * dp[j];
            }
            for (int j = 0; j < t; j++) {
                double pull = scale * p[j] * (dp[j] - meanDp);
                double noise = F32 * scale * p[j] * (Math.abs(dp[j]) + Math.abs(meanDp));
                for (int c = 0; c < channels; c++) {
                    double v = at(x, in, head, 2, j, c);
                    double dv = at(d, in, head, 2, j, c);
                    int o = place(out, head, 0, i, c);
                    value.add(o, p[j] * v, U * p[j] * Math.abs(v));
                    tangent.add(
                            o,
                            p[j] * ((ds[j] - meanDs) * v + dv),
                            p[j] * Math.abs(v) * (2 * U * Math.abs(ds[j] - meanDs) + F32 * Math.abs(ds[j]))
                                    + U * p[j] * Math.abs(dv));
                    double k = at(x, in, head, 1, j, c);
                    double q = at(x, in, head, 0, i, c);
                    double cotangent = at(g, out, head, 0, i, c);
                    gradient.add(place(in, head, 0, i, c), pull * k, (U * Math.abs(pull) + noise) * Math.abs(k));
                    gradient.add(place(in, head, 1, j, c), pull * q, (U * Math.abs(pull) + noise) * Math.abs(q));
                    gradient.add(place(in, head, 2, j, c), p[j] * cotangent, U * p[j] * Math.abs(cotangent));
                }
            }
        }
    }

    private void attention() {
        for (int[] s : new int[][] {{0, 1, 2, 70, 64}, {1, 2, 1, 33, 61}, {2, 1, 1, 131, 128}, {2, 1, 2, 1, 16}}) {
            attention(s, SCALE, 1);
        }
    }

    /** Weights near 0 and 1: what is near the mean must not be lost beside it. */
    private void peaked() {
        attention(new int[] {0, 1, 1, 70, 64}, 1, 2);
    }

    private void attention(int[] s, double scale, double most) {
        Attention.Heads in = in(s[0], s[1], s[2], s[3], s[4]);
        Attention.Heads out = out(s[0], s[1], s[2], s[3], s[4]);
        int one = s[1] * s[2] * s[3] * s[4];
        double[] x = uniform(1, 3 * one, most);
        double[] d = uniform(2, 3 * one, most);
        double[] g = uniform(3, one, most);
        Oracle oracle = new Oracle(in, out, x, d, g, (float) scale);
        String what = " of " + Arrays.toString(s);
        try (GpuDevice device = open(Family.ATTENTION, 2);
                Scope scope = device.scope()) {
            Buffer xs = of(device, x);
            Buffer ds = of(device, d);
            Buffer gs = of(device, g);
            Buffer value = blank(device, one);
            Buffer beside = blank(device, one);
            Buffer tangent = blank(device, one);
            Buffer alone = blank(device, one);
            Buffer gradient = blank(device, 3 * one);
            device.run(new Attention(Attention.Code.FORWARD, in, out, scale, xs, null, null, null, value));
            oracle.value.require("value" + what, read(value));
            device.run(new Attention(Attention.Code.TANGENT, in, out, scale, xs, ds, null, beside, tangent));
            oracle.value.require("value beside the tangent" + what, read(beside));
            oracle.tangent.require("tangent" + what, read(tangent));
            device.run(new Attention(Attention.Code.TANGENT, in, out, scale, xs, ds, null, null, alone));
            require(Arrays.equals(read(tangent), read(alone)), "the tangent alone has other bits" + what);
            device.run(new Attention(Attention.Code.GRAD, in, out, scale, xs, null, gs, null, gradient));
            oracle.gradient.require("gradient" + what, read(gradient));
        }
    }

    /** A head's bits do not depend on the others, nor on their number. */
    private void attentionAlone() {
        int one = 40 * 32;
        double[] x = uniform(1, 3 * 3 * one, 1);
        try (GpuDevice device = open(Family.ATTENTION, 2);
                Scope scope = device.scope()) {
            double[] all = forward(device, 3, x);
            for (int head = 0; head < 3; head++) {
                double[] alone = forward(device, 1, Arrays.copyOfRange(x, 3 * one * head, 3 * one * (head + 1)));
                require(
                        Arrays.equals(alone, Arrays.copyOfRange(all, one * head, one * (head + 1))),
                        "head " + head + " has other bits alone");
            }
        }
    }

    private static double[] forward(GpuDevice device, int heads, double[] x) {
        Buffer value = blank(device, x.length / 3);
        device.run(new Attention(
                Attention.Code.FORWARD,
                in(2, 1, heads, 40, 32),
                out(2, 1, heads, 40, 32),
                SCALE,
                of(device, x),
                null,
                null,
                null,
                value));
        return read(value);
    }

    /** What runs by itself: with less than F32 the version of the precision, in F32 none of these. */
    private void defaults() {
        for (Precision precision : Precision.values()) {
            Map<Family, List<Choice>> seen = new LinkedHashMap<>();
            Choices noting = (work, legal) -> {
                seen.put(work.family(), legal);
                return legal.get(0);
            };
            try (GpuDevice device = open(drivers.get(), precision, noting);
                    Scope scope = device.scope()) {
                product(device, Shape.of(5, 6, 7), whole(1, 35), whole(2, 42), new double[0]);
                forward(device, 1, uniform(1, 3 * 40 * 32, 1));
                Convolution.whole(GEOMETRIES[0]).run(device, Conv2d.Code.FORWARD);
                boolean named = device.fingerprint().endsWith("/" + precision.label());
                require(named == (precision != Precision.F32), "got fingerprint " + device.fingerprint());
            }
            int product = seen.get(Family.MATMUL).get(0).version();
            int attention = seen.get(Family.ATTENTION).get(0).version();
            int convolution = seen.get(Family.CONV2D).get(0).version();
            switch (precision) {
                case F32 -> {
                    require(seen.get(Family.MATMUL).stream().allMatch(c -> c.version() < 5), "got " + seen);
                    require(attention == 3 && convolution == 2, "got " + seen);
                }
                case TF32 -> require(product == 5 && attention == 3 && convolution == 2, "got " + seen);
                case BF16 -> require(product == 6 && attention == 2 && convolution == 4, "got " + seen);
            }
        }
    }
}
