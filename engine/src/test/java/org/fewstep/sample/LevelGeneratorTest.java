package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Init;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sampling on noise levels by a network that gives 0, as it does before training: its denoiser is c_skip x, that of data
 * N(0, s^2 I), and its TrigFlow function cos(t) x.
 */
class LevelGeneratorTest {
    private static final double S = 0.5;
    private static final int N = 4000;

    private final Device device = new CpuDevice(Provider.LOOPS, 2);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        device.close();
    }

    private static NetworkConfig network(int times) {
        return new ResidualMlpConfig(2, 8, 1, times, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 2, 0, 8);
    }

    private Generator generator(Parametrisation as) {
        ModelSpec spec = ModelSpec.ofLevels(network(1), DType.F32, as, List.of(2));
        Path file = folder.resolve("model.safetensors");
        try (Network fresh = spec.network().build(new Init(device, DType.F32, new Rng(1)))) {
            new ModelWriter(spec).network(ModelFile.STUDENT, fresh).write(file);
        }
        return Generator.load(file, device);
    }

    private static float[] sample(Generator generator, int n, int steps, GeneratorOptions options) {
        int[] labels = new int[n];
        java.util.Arrays.fill(labels, Generator.NO_LABEL);
        return generator.sample(0, steps, 3, labels, options);
    }

    private static double std(float[] x) {
        double total = 0;
        for (float v : x) {
            total += (double) v * v;
        }
        return Math.sqrt(total / x.length);
    }

    @Test
    void theFileSaysTheParametrisation() {
        for (Parametrisation as :
                List.of(Parametrisation.edm(S), Parametrisation.consistency(0.7, 0.002), Parametrisation.trigFlow(S))) {
            try (Generator generator = generator(as)) {
                assertEquals(as, generator.spec().parametrisation());
                assertNull(generator.spec().path());
                assertThrows(IllegalStateException.class, generator.spec()::requirePath);
            }
        }
    }

    @Test
    void aDenoiserOfGaussianDataMakesThem() {
        for (Parametrisation as : List.of(
                Parametrisation.edm(S),
                new Parametrisation(Parametrisation.Form.TRIGFLOW, Parametrisation.Role.DENOISER, S, 0))) {
            // TrigFlow with F = 0 is the flow that stands still: data of N(0, s^2 I) too.
            try (Generator generator = generator(as)) {
                double fine = std(sample(generator, N, 60, GeneratorOptions.DEFAULT));
                assertEquals(S, fine, 0.02, as.describe());
                double sde = std(sample(
                        generator, N, 100, GeneratorOptions.DEFAULT.withSolver(new Ddim(1), new KarrasSpacing())));
                assertEquals(S, sde, 0.03, as.describe());
                double euler = std(sample(generator, N, 200, GeneratorOptions.DEFAULT.withSolver(SolverChoice.EULER)));
                assertEquals(S, euler, 0.05, as.describe());
                assertEquals(119, generator.evaluations(60, GeneratorOptions.DEFAULT));
                double[] times = generator.times(4, GeneratorOptions.DEFAULT);
                assertEquals(as.schedule().timeAtSnr(1.0 / 80), times[0], 1e-12);
                assertEquals(as.schedule().timeAtSnr(1 / 0.002), times[3], 1e-12);
                assertEquals(0, times[4], 1e-12);
            }
        }
    }

    @Test
    void aConsistencyFunctionIsCalledOnceAStep() {
        double e = 0.002;
        Parametrisation as = Parametrisation.consistency(S, e);
        try (Generator generator = generator(as)) {
            double skip = S * S / ((80 - e) * (80 - e) + S * S);
            assertEquals(skip * 80, std(sample(generator, N, 1, GeneratorOptions.DEFAULT)), 0.02 * skip * 80);
            for (int steps = 1; steps <= 5; steps++) {
                assertEquals(steps, generator.evaluations(steps, GeneratorOptions.DEFAULT));
            }
            // The second call is at 0.821, where the first sample is nearly 0.
            double second = S * S / ((0.821 - e) * (0.821 - e) + S * S);
            double level = Math.sqrt(0.821 * 0.821 - e * e);
            assertEquals(second * level, std(sample(generator, N, 2, GeneratorOptions.DEFAULT)), 0.02);
            assertArrayEquals(new double[] {80, 0.821, 0}, generator.times(2, GeneratorOptions.DEFAULT), 1e-12);
            double[] three = generator.times(3, GeneratorOptions.DEFAULT);
            assertEquals(new KarrasSpacing().level(80, 0.002, 1 / 3.0), three[1], 1e-12);
            assertEquals(4, three.length);
        }
        try (Generator generator = generator(Parametrisation.trigFlow(S))) {
            assertEquals(1.1, generator.times(2, GeneratorOptions.DEFAULT)[1], 1e-12);
            double end = Math.atan2(80, S);
            assertEquals(
                    S * Math.sin(end) * Math.cos(end), std(sample(generator, N, 1, GeneratorOptions.DEFAULT)), 2e-4);
        }
    }

    @Test
    void samplesDependOnSeedAndNumberAlone() {
        for (Parametrisation as : List.of(Parametrisation.edm(S), Parametrisation.trigFlow(S))) {
            try (Generator generator = generator(as)) {
                for (int steps : new int[] {1, 3}) {
                    float[] all = sample(generator, 8, steps, GeneratorOptions.DEFAULT);
                    assertArrayEquals(all, sample(generator, 8, steps, GeneratorOptions.DEFAULT.withChunk(3)));
                    float[] last = generator.sample(
                            6, steps, 3, new int[] {Generator.NO_LABEL, Generator.NO_LABEL}, GeneratorOptions.DEFAULT);
                    assertArrayEquals(java.util.Arrays.copyOfRange(all, 12, 16), last);
                    assertTrue(std(all) > 0);
                }
            }
        }
    }

    private static void refused(String part, Generator generator, GeneratorOptions options) {
        String message = assertThrows(IllegalArgumentException.class, () -> sample(generator, 2, 2, options))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void refusesWhatFitsNoLevels() {
        GeneratorOptions d = GeneratorOptions.DEFAULT;
        try (Generator generator = generator(Parametrisation.trigFlow(S))) {
            refused("consistency function", generator, d.withSolver(SolverChoice.HEUN));
            refused("consistency function", generator, d.withSolver(SolverCatalog.of("euler"), new KarrasSpacing()));
            refused("guidance 2", generator, d.withGuidance(2));
            assertEquals(
                    4, sample(generator, 2, 2, d.withSolver(new MultistepConsistency(), new KarrasSpacing())).length);
        }
        try (Generator generator = generator(Parametrisation.edm(S))) {
            refused("flow-map", generator, d.withSolver(SolverChoice.FLOW_MAP));
            refused("guidance 2", generator, d.withGuidance(2, 0.1, 1));
            refused("rescaling", generator, d.withSteering(Steering.NONE));
        }
        Parametrisation edm = Parametrisation.edm(S);
        assertThrows(IllegalArgumentException.class, () -> ModelSpec.ofLevels(network(2), DType.F32, edm, List.of(2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ModelSpec(network(1), DType.F32, LinearPath.NOISE_AT_ONE, null, edm, List.of(2)));
    }
}
