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
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.solver.Heun;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Samples of a map between any two noise levels. */
class TrajectoryGeneratorTest {
    private static final double LEAST = 0.002;

    private final Device device = new CpuDevice(Provider.LOOPS, 1);
    private final NetworkConfig config = NetworkConfig.mlp(2, 8, 2, 2, 0);
    private final ModelSpec spec =
            ModelSpec.ofLevels(config, DType.F64, Parametrisation.trajectory(0.5, LEAST), List.of(2));

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        device.close();
    }

    private FlowNetwork network() {
        return (FlowNetwork) config.build(new Init(device, DType.F64, new Rng(4)));
    }

    @ParameterizedTest
    @EnumSource
    void oneStepIsTheMapFromTheHighestLevelToTheLeast(CtmScaling.Outer outer) {
        Parametrisation as = Parametrisation.trajectory(0.5, LEAST, outer);
        ModelSpec spec = ModelSpec.ofLevels(config, DType.F64, as, List.of(2));
        try (FlowNetwork network = network();
                Scope scope = device.scope()) {
            Generator generator = Generator.of(spec, network);
            GeneratorOptions options = GeneratorOptions.DEFAULT;
            List<float[]> states = generator.trajectory(0, 1, 7, new int[] {-1, -1, -1}, options);
            assertArrayEquals(new double[] {80, LEAST}, generator.times(1, options), 1e-12);
            assertEquals(1, generator.evaluations(1, options));
            Tensor x = Tensor.of(device, DType.F64, states.get(0), 3, 2);
            Tensor t = Tensor.full(device, DType.F64, 80, Shape.of(3));
            Tensor s = Tensor.full(device, DType.F64, LEAST, Shape.of(3));
            CtmScaling scaling = new CtmScaling(outer, CtmScaling.Inner.EDM, 0.5, LEAST);
            float[] expected = scaling.map(network, x, t, s, Cond.NONE).toFloats();
            // The start is written as F32 numbers of size 80.
            assertArrayEquals(expected, generator.sample(3, 1, 7), 1e-4f);
            assertArrayEquals(
                    expected,
                    as.around(network).of(x, t, Cond.NONE).toFloats(),
                    "the clean end is that of the parametrisation");
        }
    }

    @Test
    void noiseInTheStepsChangesSamplesOfSeveralStepsAndFollowsTheSeed() {
        try (Generator generator = Generator.taking(spec, network())) {
            int[] labels = {-1, -1, -1, -1};
            GeneratorOptions exact = GeneratorOptions.DEFAULT;
            GeneratorOptions noisy = exact.withGamma(0.5);
            float[] a = generator.sample(0, 3, 1, labels, noisy);
            assertArrayEquals(a, generator.sample(0, 3, 1, labels, noisy.withChunk(1)));
            assertFalse(Arrays.equals(a, generator.sample(0, 3, 1, labels, exact)));
            assertFalse(Arrays.equals(a, generator.sample(0, 3, 2, labels, noisy)));
            assertArrayEquals(
                    generator.sample(0, 1, 1, labels, exact), generator.sample(0, 1, 1, labels, exact.withChunk(3)));
        }
    }

    @Test
    void whatAMapCannotDoIsRefused() {
        try (Generator generator = Generator.taking(spec, network())) {
            int[] labels = {-1};
            GeneratorOptions d = GeneratorOptions.DEFAULT;
            for (GeneratorOptions options : List.of(
                    d.withSolver(SolverChoice.HEUN),
                    d.withSolver(new Heun(), PowerSpacing.UNIFORM),
                    d.withGuidance(2))) {
                assertThrows(IllegalArgumentException.class, () -> generator.sample(0, 1, 0, labels, options));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> GeneratorOptions.DEFAULT.withGamma(1.5));
        assertThrows(IllegalArgumentException.class, () -> Parametrisation.trajectory(0.5, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Parametrisation(
                        Parametrisation.Form.SIGMA,
                        Parametrisation.Role.CONSISTENCY,
                        0.5,
                        LEAST,
                        null,
                        CtmScaling.Outer.EULER));
        NetworkConfig one = NetworkConfig.mlp(2, 8, 2, 1, 0);
        Parametrisation levels = Parametrisation.trajectory(0.5, LEAST);
        assertThrows(IllegalArgumentException.class, () -> ModelSpec.ofLevels(one, DType.F64, levels, List.of(2)));
        ModelSpec denoiser = ModelSpec.ofLevels(one, DType.F64, Parametrisation.edm(0.5), List.of(2));
        try (Generator generator = Generator.taking(denoiser, one.build(new Init(device, DType.F64, new Rng(4))))) {
            GeneratorOptions gamma = GeneratorOptions.DEFAULT.withGamma(0.5);
            assertThrows(IllegalArgumentException.class, () -> generator.sample(0, 1, 0, new int[] {-1}, gamma));
        }
    }
}
