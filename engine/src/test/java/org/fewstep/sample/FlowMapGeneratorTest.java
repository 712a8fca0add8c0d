package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.BrownianPath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Samples of a flow map with noise on the way, with its velocity in short steps, and backwards. */
class FlowMapGeneratorTest {
    private static final int[] FOUR = {-1, -1, -1, -1};
    private static final GeneratorOptions PLAIN = GeneratorOptions.DEFAULT;

    private final Device device = new CpuDevice(Provider.LOOPS, 1);
    private final NetworkConfig config = NetworkConfig.mlp(2, 8, 2, 2, 0);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        device.close();
    }

    private ModelSpec spec(Path path) {
        return new ModelSpec(config, DType.F64, path, List.of(2));
    }

    private FlowNetwork network() {
        return (FlowNetwork) config.build(new Init(device, DType.F64, new Rng(4)));
    }

    private float[] bySampler(Path path, GeneratorOptions options, int steps) {
        try (FlowNetwork network = network();
                Generator generator = Generator.of(spec(path), network);
                Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, generator.noise(0, 4, 7), 4, 2);
            return new FlowMapSampler(network)
                    .withNoise(options.gamma(), NoiseSource.seeded(new Rng(7).stream("solver"), 0))
                    .withVelocityUpTo(options.velocityUpTo())
                    .sample(x, TimeGrid.uniform(path, steps), Cond.NONE, StepObserver.NONE)
                    .toFloats();
        }
    }

    @Test
    void itsOptionsAreThoseOfTheSampler() {
        for (Path path : List.of(LinearPath.NOISE_AT_ONE, LinearPath.NOISE_AT_ZERO, new BrownianPath())) {
            try (Generator generator = Generator.taking(spec(path), network())) {
                float[] plain = generator.sample(0, 4, 7, FOUR, PLAIN);
                for (GeneratorOptions options :
                        List.of(PLAIN, PLAIN.withGamma(0.5), PLAIN.withGamma(1), PLAIN.withVelocityUpTo(0.3))) {
                    float[] made = generator.sample(0, 4, 7, FOUR, options);
                    assertArrayEquals(bySampler(path, options, 4), made, 1e-5f, path + " " + options);
                    assertArrayEquals(made, generator.sample(0, 4, 7, FOUR, options.withChunk(1)), path.name());
                    assertEquals(options.equals(PLAIN), Arrays.equals(plain, made), path + " " + options);
                }
                assertArrayEquals(
                        generator.sample(0, 2, 7, FOUR, PLAIN),
                        generator.sample(0, 2, 7, FOUR, PLAIN.withVelocityUpTo(0.3)),
                        "steps of 1/2 are too long for the velocity");
            }
        }
    }

    /** The map backwards by the same network, whatever that is worth untrained. */
    @Test
    void backwardsItIsTheSamplersInversion() {
        Path path = LinearPath.NOISE_AT_ZERO;
        float[] samples = {0.5f, -1, 2, 0.25f, 0, 0, -0.75f, 1};
        try (FlowNetwork network = network();
                Generator generator = Generator.of(spec(path), network)) {
            try (Scope scope = device.scope()) {
                Tensor x = Tensor.of(device, DType.F64, samples, 4, 2);
                float[] expected = new FlowMapSampler(network)
                        .invert(x, TimeGrid.uniform(path, 3), Cond.NONE, StepObserver.NONE)
                        .toFloats();
                assertArrayEquals(expected, generator.invert(samples, 3, FOUR, PLAIN), 1e-6f);
            }
            float[] noise = generator.noise(0, 4, 7);
            assertArrayEquals(
                    generator.sample(0, 3, 7, FOUR, PLAIN), generator.sampleFrom(noise, 3, FOUR, PLAIN), 1e-6f);
            assertThrows(IllegalArgumentException.class, () -> generator.sampleFrom(new float[6], 3, FOUR, PLAIN));
            assertThrows(
                    IllegalArgumentException.class, () -> generator.sampleFrom(noise, 3, FOUR, PLAIN.withGamma(0.5)));
            assertThrows(IllegalArgumentException.class, () -> generator.invert(new float[6], 3, FOUR, PLAIN));
            assertThrows(
                    IllegalArgumentException.class, () -> generator.invert(samples, 3, FOUR, PLAIN.withGamma(0.5)));
            GeneratorOptions heun = PLAIN.withSolver(SolverChoice.HEUN);
            assertThrows(IllegalArgumentException.class, () -> generator.invert(samples, 3, FOUR, heun));
        }
    }

    @Test
    void solversOfVelocitiesTakeNeither() {
        try (Generator generator = Generator.taking(spec(LinearPath.NOISE_AT_ONE), network())) {
            GeneratorOptions heun = PLAIN.withSolver(SolverChoice.HEUN);
            assertFalse(Arrays.equals(generator.sample(0, 2, 7, FOUR, heun), generator.sample(0, 2, 7, FOUR, PLAIN)));
            for (GeneratorOptions options : List.of(heun.withGamma(0.5), heun.withVelocityUpTo(0.3))) {
                assertThrows(IllegalArgumentException.class, () -> generator.sample(0, 2, 7, FOUR, options));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> PLAIN.withVelocityUpTo(-1));
        assertThrows(IllegalArgumentException.class, () -> PLAIN.withVelocityUpTo(Double.NaN));
    }
}
