package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Init;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.Gamma;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.solver.CosineSpacing;
import org.fewstep.solver.Heun;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.RungeKutta4;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslatorTest {
    private static final int N = 40;
    private static final StochasticInterpolant BRIDGE =
            new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN);
    private static final TranslatorOptions ODE = TranslatorOptions.DEFAULT;

    private final Device device = new CpuDevice(Provider.LOOPS, 2);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private static ModelSpec spec(InterpolantField... fields) {
        NetworkConfig each = NetworkConfig.mlp(2, 16, 2, 1, 0);
        return new ModelSpec(new InterpolantConfig(each, List.of(fields)), DType.F32, null, BRIDGE, List.of(2));
    }

    private Path file(ModelSpec spec) {
        Path file = folder.resolve("model.safetensors");
        try (Network network = spec.network().build(new Init(device, spec.dtype(), new Rng(3)))) {
            new ModelWriter(spec).network(ModelFile.STUDENT, network).write(file);
        }
        return file;
    }

    private Translator translator(InterpolantField... fields) {
        return Translator.load(file(spec(fields)), device);
    }

    private static float[] source(int n) {
        double[] draws = new Rng(8).normal(0, 2 * n, 0);
        float[] source = new float[2 * n];
        for (int i = 0; i < source.length; i++) {
            source[i] = (float) draws[i];
        }
        return source;
    }

    @Test
    void aSampleAloneHasTheBitsOfOneAmongMany() {
        try (Translator all = translator(InterpolantField.values())) {
            float[] source = source(N);
            for (TranslatorOptions options : List.of(
                    ODE,
                    ODE.withSolver(new RungeKutta4(), PowerSpacing.UNIFORM),
                    ODE.withDiffusion(0.5),
                    ODE.withDiffusion(0.5).withScore(InterpolantField.S),
                    ODE.withSolver(new Heun(), new CosineSpacing()).withDiffusion(1),
                    ODE.withDiffusion(0.1, TranslatorOptions.Form.CONSTANT))) {
                float[] together = all.translate(source, 0, 4, 7, options);
                assertArrayEquals(together, all.translate(source, 0, 4, 7, options.withChunk(7)));
                for (int i = 0; i < N; i++) {
                    float[] one = Arrays.copyOfRange(source, 2 * i, 2 * i + 2);
                    assertArrayEquals(
                            Arrays.copyOfRange(together, 2 * i, 2 * i + 2), all.translate(one, i, 4, 7, options));
                }
            }
        }
    }

    @Test
    void onlyTheSdeDraws() {
        try (Translator all = translator(InterpolantField.values())) {
            float[] source = source(N);
            assertArrayEquals(all.translate(source, 0, 4, 1, ODE), all.translate(source, 5, 4, 2, ODE));
            TranslatorOptions sde = ODE.withDiffusion(0.2);
            float[] one = all.translate(source, 0, 4, 1, sde);
            assertFalse(Arrays.equals(one, all.translate(source, 0, 4, 2, sde)), "seed");
            assertFalse(Arrays.equals(one, all.translate(source, 1, 4, 1, sde)), "number");
            assertFalse(Arrays.equals(one, all.translate(source, 0, 4, 1, ODE)), "diffusion");
            assertFalse(Arrays.equals(one, all.translate(source, 0, 4, 1, sde.withScore(InterpolantField.S))), "field");
            // One step is the last one, without noise.
            assertArrayEquals(all.translate(source, 0, 1, 1, ODE), all.translate(source, 0, 1, 1, sde));
        }
    }

    @Test
    void trajectoriesLeadFromTheSourceToTheSamples() {
        try (Translator all = translator(InterpolantField.values())) {
            float[] source = source(3);
            for (TranslatorOptions options : List.of(ODE, ODE.withDiffusion(0.3))) {
                List<float[]> states = all.trajectory(source, 0, 5, 1, options);
                double[] times = all.times(5, options);
                assertEquals(6, states.size());
                assertEquals(6, times.length);
                assertArrayEquals(source, states.get(0));
                assertArrayEquals(all.translate(source, 0, 5, 1, options), states.get(5));
                assertEquals(0, times[0]);
                assertEquals(1, times[5]);
                assertEquals(Math.pow(Math.sin(Math.PI / 10), 2), times[1], 1e-15);
            }
        }
    }

    @Test
    void evaluationsCountEveryNetwork() {
        try (Translator all = translator(InterpolantField.values())) {
            assertEquals(6, all.evaluations(6, ODE));
            assertEquals(12, all.evaluations(6, ODE.withSolver(new Midpoint(), new CosineSpacing())));
            assertEquals(2 * 5 + 1, all.evaluations(6, ODE.withDiffusion(1)));
            assertEquals(
                    4 * 5 + 1,
                    all.evaluations(
                            6, ODE.withSolver(new Heun(), new CosineSpacing()).withDiffusion(1)));
            assertEquals(1, all.evaluations(1, ODE.withDiffusion(1)));
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ODE.withDiffusion(-0.1));
        assertThrows(IllegalArgumentException.class, () -> ODE.withDiffusion(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> ODE.withDiffusion(Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> ODE.withScore(InterpolantField.B));
        assertThrows(IllegalArgumentException.class, () -> ODE.withChunk(0));
        for (String name : List.of("dpmpp-2m", "ddpm", "euler-ancestral")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ODE.withSolver(SolverCatalog.of(name), new CosineSpacing()),
                    name);
        }
        TranslatorOptions rk4 = ODE.withSolver(new RungeKutta4(), new CosineSpacing());
        assertThrows(IllegalArgumentException.class, () -> rk4.withDiffusion(0.5));
        try (Translator drift = translator(InterpolantField.B)) {
            float[] source = source(2);
            assertEquals(4, drift.translate(source, 0, 3, 0, ODE).length);
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> drift.translate(source, 0, 3, 0, ODE.withDiffusion(0.2)))
                    .getMessage();
            assertTrue(message.contains("method.learn"), message);
            assertThrows(IllegalArgumentException.class, () -> drift.translate(source, 0, 0, 0, ODE));
            assertThrows(IllegalArgumentException.class, () -> drift.translate(source, -1, 1, 0, ODE));
            assertThrows(IllegalArgumentException.class, () -> drift.translate(new float[3], 0, 1, 0, ODE));
        }
        try (Translator eta = translator(InterpolantField.B, InterpolantField.ETA)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> eta.evaluations(3, ODE.withDiffusion(0.2).withScore(InterpolantField.S)));
        }
    }

    @Test
    void modelsOfAnotherKindAreRefused() {
        ModelSpec flow =
                new ModelSpec(NetworkConfig.mlp(2, 16, 2, 1, 0), DType.F32, LinearPath.NOISE_AT_ZERO, List.of(2));
        Path ofNoise = file(flow);
        assertThrows(BadFileException.class, () -> Translator.load(ofNoise, device));
        Path ofData = file(spec(InterpolantField.B));
        assertThrows(BadFileException.class, () -> Generator.load(ofData, device));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ModelSpec(flow.network(), DType.F32, null, BRIDGE, List.of(2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ModelSpec(spec(InterpolantField.B).network(), DType.F32, null, List.of(2)));
        assertThrows(IllegalStateException.class, flow::requireBridge);
    }

    @Test
    void everyBridgeHasItsName() {
        for (InterpolantMean mean : InterpolantMean.values()) {
            for (Gamma gamma : Gamma.values()) {
                StochasticInterpolant bridge = new StochasticInterpolant(mean, gamma);
                assertEquals(bridge, StochasticInterpolant.named(bridge.name()));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> StochasticInterpolant.named("linear"));
    }
}
