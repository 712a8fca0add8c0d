package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parameter;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.GridCatalog;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.solver.Spacing;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorTest {
    private static final int N = 64;

    private final Device device = new CpuDevice(Provider.LOOPS, 2);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    /** A residual network over (1, 6, 6) whose layers that start at zero do not. */
    private ModelSpec spec(int times, int classes) {
        NetworkConfig config =
                new ResidualMlpConfig(36, 40, 2, times, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 4, classes, 16);
        return new ModelSpec(
                config, DType.F32, times == 2 ? LinearPath.NOISE_AT_ONE : LinearPath.NOISE_AT_ZERO, List.of(1, 6, 6));
    }

    private FlowNetwork network(ModelSpec spec) {
        FlowNetwork network = (FlowNetwork) spec.network().build(new Init(device, spec.dtype(), new Rng(3)));
        long number = 0;
        for (Parameter p : network.trained().values()) {
            double[] values = new Rng(4).normal(number, p.shape().count(), 0);
            number += values.length;
            for (int i = 0; i < values.length; i++) {
                values[i] *= 0.2;
            }
            device.write(p.buffer(), values, 0, values.length);
        }
        return network;
    }

    private Generator generator(int times, int classes) {
        ModelSpec spec = spec(times, classes);
        Path file = folder.resolve("model" + times + classes + ".safetensors");
        try (FlowNetwork network = network(spec)) {
            new ModelWriter(spec).network(ModelFile.STUDENT, network).write(file);
        }
        return Generator.load(file, device);
    }

    private static int[] labels(int n, int classes) {
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % (classes + 1) - 1; // none among them
        }
        return labels;
    }

    @Test
    void sixtyFourAtOnceAreTheBitsOfSixtyFourAlone() {
        for (int times : new int[] {1, 2}) {
            try (Generator generator = generator(times, 3)) {
                for (GeneratorOptions options : times == 2
                        ? List.of(GeneratorOptions.DEFAULT)
                        : List.of(
                                GeneratorOptions.DEFAULT,
                                GeneratorOptions.DEFAULT
                                        .withSolver(SolverChoice.HEUN)
                                        .withGuidance(2))) {
                    int[] labels = labels(N, 3);
                    float[] together = generator.sample(0, 3, 7, labels, options);
                    float[] one = new float[together.length];
                    for (int i = 0; i < N; i++) {
                        float[] x = generator.sample(i, 3, 7, new int[] {labels[i]}, options);
                        System.arraycopy(x, 0, one, i * 36, 36);
                    }
                    assertArrayEquals(together, one);
                    assertArrayEquals(together, generator.sample(0, 3, 7, labels, options.withChunk(5)));
                }
            }
        }
    }

    @Test
    void oneStepIsOneEvaluationOfTheMap() {
        try (Generator generator = generator(2, 0);
                FlowNetwork network = network(spec(2, 0));
                Scope scope = device.scope();
                NoGrad off = NoGrad.open()) {
            Tensor eps = Noise.normal(device, DType.F32, new Rng(5).stream("sample"), 0, 0, Shape.of(4, 1, 6, 6));
            Tensor one = Tensor.full(device, DType.F32, 1, Shape.of(4));
            Tensor zero = Tensor.full(device, DType.F32, 0, Shape.of(4));
            float[] u = network.u(eps, one, zero, Cond.NONE).toFloats();
            float[] expected = eps.toFloats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= u[i];
            }
            assertArrayEquals(expected, generator.sample(4, 1, 5));
            assertEquals(1, generator.evaluations(1, GeneratorOptions.DEFAULT));
        }
    }

    @Test
    void evaluationsAreCounted() {
        try (Generator generator = generator(1, 3)) {
            GeneratorOptions d = GeneratorOptions.DEFAULT;
            assertEquals(8, generator.evaluations(8, d));
            assertEquals(16, generator.evaluations(8, d.withSolver(SolverChoice.MIDPOINT)));
            assertEquals(
                    32, generator.evaluations(8, d.withSolver(SolverChoice.HEUN).withGuidance(3)));
        }
    }

    /** Recorded loops, and loops that draw noise and are not recorded; the second seed must be another run. */
    @Test
    void anySolverOnAnyGrid() {
        try (Generator generator = generator(1, 3)) {
            for (String name :
                    List.of("dpmpp-2m", "dpm-2s", "unipc-2", "lms", "euler-ancestral", "dpmpp-sde", "sa-3-4")) {
                for (Spacing spacing : GridCatalog.all()) {
                    GeneratorOptions d = GeneratorOptions.DEFAULT.withSolver(SolverCatalog.of(name), spacing);
                    float[] all = generator.sample(0, 5, 11, new int[] {0, 1, 2, 0, 1}, d);
                    for (float value : all) {
                        assertTrue(Float.isFinite(value), name + " on " + spacing.name() + ": " + value);
                    }
                    assertArrayEquals(all, generator.sample(0, 5, 11, new int[] {0, 1, 2, 0, 1}, d.withChunk(2)));
                    assertFalse(Arrays.equals(all, generator.sample(0, 5, 12, new int[] {0, 1, 2, 0, 1}, d)), name);
                    List<float[]> states = generator.trajectory(0, 5, 11, new int[] {0, 1, 2, 0, 1}, d);
                    assertArrayEquals(all, states.get(states.size() - 1));
                    double[] times = generator.times(5, d);
                    assertEquals(states.size(), times.length);
                    assertEquals(generator.spec().requirePath().dataTime(), times[times.length - 1]);
                }
            }
        }
    }

    @Test
    void tensorsConditionsAndTrajectoriesAgreeWithArrays() {
        try (Generator generator = generator(1, 3);
                Scope scope = device.scope()) {
            int[] labels = labels(10, 3);
            GeneratorOptions options =
                    GeneratorOptions.DEFAULT.withGuidance(1.5).withChunk(4);
            float[] array = generator.sample(0, 4, 1, labels, options);
            Tensor tensor = generator.sampleTensor(0, 4, 1, labels, options);
            assertEquals(Shape.of(10, 1, 6, 6), tensor.shape());
            assertArrayEquals(array, tensor.toFloats());
            int[] known = Arrays.stream(labels).map(l -> l < 0 ? 3 : l).toArray();
            assertArrayEquals(
                    array,
                    generator.sample(10, 4, 1, Cond.labels(device, known, 3).withGuidance(1.5)));
            List<float[]> states = generator.trajectory(0, 4, 1, labels, options);
            assertEquals(5, states.size());
            assertArrayEquals(array, states.get(4));
            assertFalse(Arrays.equals(states.get(0), states.get(1)));
            assertEquals(
                    Shape.of(0, 1, 6, 6),
                    generator.sampleTensor(0, 1, 1, new int[0], options).shape());
        }
    }

    @Test
    void seedsLabelsAndNumbersMatter() {
        try (Generator generator = generator(2, 3)) {
            float[] x = generator.sample(2, 1, 1, 0);
            assertFalse(Arrays.equals(x, generator.sample(2, 1, 2, 0)));
            assertFalse(Arrays.equals(x, generator.sample(2, 1, 1, 1)));
            assertFalse(Arrays.equals(x, generator.sample(2, 1, 1)));
            assertFalse(Arrays.equals(Arrays.copyOf(x, 36), Arrays.copyOfRange(x, 36, 72)));
            assertArrayEquals(
                    Arrays.copyOfRange(x, 36, 72), generator.sample(1, 1, 1, new int[] {0}, GeneratorOptions.DEFAULT));
            assertEquals(0, generator.sample(0, 1, 1).length);
            assertArrayEquals(new int[] {1, 6, 6}, generator.shape());
            assertEquals(3, generator.classes());
        }
    }

    @Test
    void manyThreadsShareOneGenerator() throws Exception {
        try (Generator generator = generator(2, 3)) {
            generator.warmUp();
            float[] expected = generator.sample(40, 2, 9, 1);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<float[]>> results = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    results.add(threads.submit(() -> generator.sample(40, 2, 9, 1)));
                }
                for (Future<float[]> result : results) {
                    assertArrayEquals(expected, result.get());
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void impossibleRequestsAreRefused() {
        GeneratorOptions d = GeneratorOptions.DEFAULT;
        try (Generator generator = generator(1, 3)) {
            refused(() -> generator.sample(-1, 1, 0), "-1 samples");
            refused(() -> generator.sample(1, 0, 0), "0 steps");
            refused(() -> generator.sample(1, 1, 0, 3), "label 3");
            refused(() -> generator.sample(1, 1, 0, -2), "label -2");
            refused(() -> generator.sample(-5, 1, 0, new int[1], d), "first sample -5");
            refused(() -> generator.sample(Long.MAX_VALUE, 1, 0, new int[1], d), "first sample");
            refused(() -> generator.sample(1, 1, 0, new int[1], d.withSolver(SolverChoice.FLOW_MAP)), "one time");
            refused(() -> generator.sample(Integer.MAX_VALUE / 20, 1, 0), "2^31");
        }
        try (Generator generator = generator(2, 0)) {
            refused(() -> generator.sample(1, 1, 0, 0), "no classes");
            refused(() -> generator.sample(0, 1, 0, new int[] {-1}, d.withGuidance(2)), "without classes");
        }
        try (Generator generator = generator(2, 3)) {
            refused(() -> generator.sample(0, 1, 0, new int[1], d.withGuidance(2)), "flow-map");
            assertTrue(
                    generator.sample(0, 1, 0, new int[1], d.withGuidance(2).withSolver(SolverChoice.EULER)).length > 0);
        }
        refused(() -> d.withChunk(0), "chunk 0");
        refused(() -> d.withGuidance(Double.NaN), "NaN");
        refused(() -> new GeneratorOptions(SolverChoice.AUTO, 1, 0.6, 0.2, 1), "0.6");
    }

    private static void refused(org.junit.jupiter.api.function.Executable call, String part) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void aClosedGeneratorSaysSo() {
        Generator generator = generator(2, 0);
        generator.close();
        generator.close();
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> generator.sample(1, 1, 0));
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
    }

    @Test
    void aBorrowedNetworkStaysOpen() {
        ModelSpec spec = spec(2, 0);
        try (FlowNetwork network = network(spec)) {
            float[] x;
            try (Generator generator = Generator.of(spec, network)) {
                x = generator.sample(3, 1, 1);
            }
            try (Generator loaded = generator(2, 0)) {
                assertArrayEquals(loaded.sample(3, 1, 1), x);
            }
        }
    }
}
