package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions of a family whose sums follow the engine's tree give the same bits, whatever their groups of threads. */
@Tag("opencl")
class SameBitsTest {
    /** Rows and numbers a row: every way of teams, blocks and pieces, and their borders. */
    private static final int[][] ROWS = {
        {3, 1},
        {70, 7},
        {19, 16},
        {700, 33},
        {2, 255},
        {3, 256},
        {9, 257},
        {5, 768},
        {4, 1100},
        {4, 2048},
        {3, 2049},
        {2, 4096},
        {600, 4097},
        {2, 5000},
        {1, 70_001}
    };

    private final Set<Choice> legal = new LinkedHashSet<>();
    private Choice wanted = Choice.version(1);
    private final Wrapped driver = Wrapped.asGpu(TestGpu.driver(), 2);
    private final GpuDevice device = TestGpu.open(driver, Source::of, this::choose, 1 << 28, true);
    private DType dtype = DType.F32;

    /** Whether groups of other than a version's own number of threads are run: each costs a compilation on PoCL. */
    private boolean everyGroup;

    private Choice choose(Workload work, List<Choice> choices) {
        legal.addAll(choices);
        return choices.contains(wanted) ? wanted : choices.get(0);
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Buffer random(long seed, int n) {
        return random(seed, n, -2);
    }

    private Buffer random(long seed, int n, double least) {
        double[] values = new Random(seed).doubles(n, least, 2).toArray();
        Buffer buffer = device.allocate(dtype, n);
        device.write(buffer, values, 0, n);
        return buffer;
    }

    private Buffer blank(int n) {
        Buffer buffer = device.allocate(dtype, n);
        double[] values = new double[n];
        Arrays.fill(values, Double.NaN);
        device.write(buffer, values, 0, n);
        return buffer;
    }

    /** Runs work by every choice that is legal for it and compares what it writes with the first version's. */
    private void compare(String what, Workload work, Buffer... results) {
        legal.clear();
        List<double[]> expected = run(Choice.version(1), work, results);
        assertTrue(legal.contains(Choice.version(2)), what + " has one version alone");
        for (Choice choice : List.copyOf(legal)) {
            if (choice.block() != 0 && !everyGroup) {
                continue;
            }
            List<double[]> actual = run(choice, work, results);
            for (int i = 0; i < results.length; i++) {
                assertArrayEquals(expected.get(i), actual.get(i), what + " by " + choice + ", result " + i);
            }
        }
    }

    private List<double[]> run(Choice choice, Workload work, Buffer... results) {
        wanted = choice;
        List<double[]> before = new ArrayList<>();
        for (Buffer buffer : results) {
            before.add(read(buffer));
        }
        device.run(work);
        List<double[]> after = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            after.add(read(results[i]));
            restore(results[i], before.get(i));
        }
        return after;
    }

    private void restore(Buffer buffer, double[] values) {
        if (buffer.dtype() == DType.I32) {
            device.write(buffer, Arrays.stream(values).mapToInt(v -> (int) v).toArray(), 0, values.length);
        } else {
            device.write(buffer, values, 0, values.length);
        }
    }

    private double[] read(Buffer buffer) {
        if (buffer.dtype() == DType.I32) {
            int[] values = new int[buffer.size()];
            device.read(buffer, values, 0, values.length);
            return Arrays.stream(values).asDoubleStream().toArray();
        }
        double[] values = new double[buffer.size()];
        device.read(buffer, values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void norms(DType type) {
        dtype = type;
        for (int[] size : ROWS) {
            int rows = size[0];
            int n = size[1];
            everyGroup = n <= 256;
            try (Scope scope = device.scope()) {
                Buffer x = random(1, rows * n);
                Buffer g = random(2, rows * n);
                Buffer y = blank(rows * n);
                Buffer r = blank(rows);
                for (Norm.Code code : Norm.Code.values()) {
                    Buffer out = code.rstd() ? r : y;
                    String what = code + " of (" + rows + ", " + n + ")";
                    compare(what, new Norm(code, rows, n, 1e-5, x, code.along() ? g : null, out), out);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void softmaxes(DType type) {
        dtype = type;
        for (int[] size : ROWS) {
            int rows = size[0];
            int n = size[1];
            everyGroup = n <= 256;
            try (Scope scope = device.scope()) {
                Buffer x = random(3, rows * n);
                Buffer g = random(4, rows * n);
                Buffer y = blank(rows * n);
                for (Softmax.Code code : Softmax.Code.values()) {
                    Buffer direction = code == Softmax.Code.ALONG ? g : null;
                    compare(code + " of (" + rows + ", " + n + ")", new Softmax(code, rows, n, x, direction, y), y);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void modulatedNorms(DType type) {
        dtype = type;
        modulated(new Places(1, 700, 1), 700, 33);
        modulated(new Places(3, 4, 1), 24, 768);
        modulated(new Places(4, 1, 9), 12, 27);
        modulated(new Places(2, 1, 300), 4, 600);
        modulated(new Places(2, 2, 1), 4, 5000);
        modulated(new Places(2, 300, 1), 1200, 20);
        modulated(new Places(1, 1, 70_000), 2, 140_000);
    }

    private void modulated(Places places, int rows, int n) {
        String what = " of (" + rows + ", " + n + ") with " + places;
        int entries = places.tableRows() * (n / places.inner());
        try (Scope scope = device.scope()) {
            Buffer x = random(5, rows * n);
            Buffer g = random(6, rows * n);
            Buffer scale = random(7, entries);
            Buffer shift = random(8, entries);
            Buffer dscale = random(9, entries);
            Buffer dshift = random(10, entries);
            Buffer y = blank(rows * n);
            Buffer dy = blank(rows * n);
            Buffer table = blank(entries);
            for (boolean centred : new boolean[] {true, false}) {
                compare(
                        "forward" + what,
                        ModulatedNorm.forward(centred, rows, n, 1e-5, 1, places, x, scale, shift, y),
                        y);
                compare(
                        "forward without shift" + what,
                        ModulatedNorm.forward(centred, rows, n, 1e-5, 1, places, x, scale, null, y),
                        y);
                compare(
                        "tangent" + what,
                        ModulatedNorm.tangent(
                                centred, rows, n, 1e-5, 1, places, x, scale, shift, g, dscale, dshift, y, dy),
                        y,
                        dy);
                compare(
                        "tangent of x alone" + what,
                        ModulatedNorm.tangent(centred, rows, n, 1e-5, 0, places, x, scale, null, g, null, null, y, dy),
                        y,
                        dy);
                compare("grad x" + what, ModulatedNorm.gradX(centred, rows, n, 1e-5, 1, places, x, scale, g, y), y);
                compare(
                        "grad scale" + what,
                        ModulatedNorm.gradScale(centred, rows, n, 1e-5, places, x, g, table),
                        table);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void reductions(DType type) {
        dtype = type;
        for (int[] size : ROWS) {
            reduce(size[0], size[1], 1);
        }
        for (int n : new int[] {0, 1, 255, 257, 5000}) {
            for (int inner : new int[] {2, 3, 16, 17, 100}) {
                reduce(2, n, inner);
            }
        }
        reduce(1, 66_000, 5);
        reduce(1, 1_000_003, 1);
    }

    private void reduce(int outer, int n, int inner) {
        try (Scope scope = device.scope()) {
            Buffer x = random(11, outer * n * inner);
            if (x.size() > 2) {
                // Zeros of both signs: neither the order of a maximum nor that of a sum may show.
                device.write(x, new double[] {-0.0, 0.0}, 0, 2);
            }
            Buffer y = blank(outer * inner);
            Buffer places = device.allocate(DType.I32, outer * inner);
            for (Reduce.Code code : Reduce.Code.values()) {
                boolean sum = code == Reduce.Code.SUM || code == Reduce.Code.SUM_SQUARES;
                if (sum || n > 0) {
                    Buffer out = code == Reduce.Code.ARG_MAX ? places : y;
                    String what = code + " of (" + outer + ", " + n + ", " + inner + ")";
                    compare(what, new Reduce(code, outer, n, inner, 0.3, x, out), out);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void maximaOfZeros(DType type) {
        dtype = type;
        double[] zeros = new double[300];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = i % 3 == 0 ? 0.0 : -0.0;
        }
        try (Scope scope = device.scope()) {
            Buffer x = blank(300);
            device.write(x, zeros, 0, 300);
            for (int inner : new int[] {1, 2, 3}) {
                Buffer y = blank(inner);
                compare("max of zeros", new Reduce(Reduce.Code.MAX, 1, 300 / inner, inner, 1, x, y), y);
                double[] expected = inner == 3 ? new double[] {0.0, -0.0, -0.0} : new double[inner];
                device.run(new Reduce(Reduce.Code.MAX, 1, 300 / inner, inner, 1, x, y));
                assertArrayEquals(expected, read(y), "the positive zero is the greater");
            }
        }
    }

    /** Parameters of more than one launch, empty ones among them, and more blocks than one launch of the tree adds. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void updates(DType type) {
        dtype = type;
        int[] sizes = {1, 0, 3, 5000, 257, 9000, 1024, 1025, 0, 2048, 70_000, 7, 300, 256, 3, 5, 1, 1};
        try (Slots slots = new Slots(device, type, 5);
                Scope scope = device.scope()) {
            Slot decay = slots.add(0.99);
            Slot rate = slots.add(0.1);
            Slot root = slots.add(1.25);
            Slot adaptive = slots.add(1);
            Slot limit = slots.add(0.5);
            slots.stage();
            for (int count : new int[] {1, 2, 8, 9, sizes.length}) {
                List<List<Buffer>> lists = new ArrayList<>();
                for (int list = 0; list < 4; list++) {
                    List<Buffer> buffers = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        buffers.add(random(100L * list + i, sizes[i], list == 3 ? 0 : -2));
                    }
                    lists.add(buffers);
                }
                List<Buffer> p = lists.get(0);
                List<Buffer> g = lists.get(1);
                List<Buffer> m = lists.get(2);
                List<Buffer> v = lists.get(3);
                Buffer clip = blank(3);
                compare("norm of " + count, Update.gradNorm(g, limit, clip), clip);
                device.write(clip, new double[] {1, 0.3, 0}, 0, 3);
                Update adam = Update.adam(p, g, m, v, decay, rate, root, adaptive, 0.9, 0.999, 1e-8, clip);
                List<Buffer> written = new ArrayList<>(p);
                written.addAll(m);
                written.addAll(v);
                compare("adam of " + count, adam, written.toArray(Buffer[]::new));
                compare("average of " + count, Update.ema(p, g, decay), p.toArray(Buffer[]::new));
            }
        }
    }
}
