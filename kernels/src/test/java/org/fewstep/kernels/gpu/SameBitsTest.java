package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Scope;
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
    private final Wrapped driver = Wrapped.asGpu(OpenCl.driver(), 2);
    private final GpuDevice device = OpenCl.open(driver, Source::of, this::choose, 1 << 28, true);
    private DType dtype = DType.F32;

    private Choice choose(Workload work, List<Choice> choices) {
        legal.addAll(choices);
        return choices.contains(wanted) ? wanted : choices.get(0);
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Buffer random(long seed, int n) {
        Random random = new Random(seed);
        double[] values = random.doubles(n, -2, 2).toArray();
        Buffer buffer = device.allocate(dtype, n);
        device.write(buffer, values, 0, n);
        return buffer;
    }

    private Buffer blank(int n) {
        Buffer buffer = device.allocate(dtype, n);
        double[] values = new double[n];
        java.util.Arrays.fill(values, Double.NaN);
        device.write(buffer, values, 0, n);
        return buffer;
    }

    /** Runs work by every choice that is legal for it and compares what it writes with the first version's. */
    private void compare(String what, Workload work, Buffer... results) {
        legal.clear();
        List<double[]> expected = run(Choice.version(1), work, results);
        assertTrue(legal.contains(Choice.version(2)), what + " has one version alone");
        for (Choice choice : List.copyOf(legal)) {
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
            device.write(results[i], before.get(i), 0, before.get(i).length);
        }
        return after;
    }

    private double[] read(Buffer buffer) {
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
}
