package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Recording;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.DitConfig;
import org.fewstep.model.Init;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parameter;
import org.fewstep.path.LinearPath;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Generation by replayed loops: the bits of loops run anew, for all solvers, threads and kinds of network. */
class ReplayedGeneratorTest {
    private final Device device = new CpuDevice(Provider.best(), 2);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().bytes().get(), "bytes");
        assertEquals(0, device.live().plans().get(), "plans");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private Network network(NetworkConfig config, DType dtype) {
        Network network = config.build(new Init(device, dtype, new Rng(3)));
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

    private static int[] labels(int n, int classes) {
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % (classes + 1) - 1;
        }
        return labels;
    }

    private void replaysLikeAnew(NetworkConfig config, List<Integer> shape, DType dtype, GeneratorOptions options) {
        ModelSpec spec = new ModelSpec(
                config, dtype, config.times() == 2 ? LinearPath.NOISE_AT_ONE : LinearPath.NOISE_AT_ZERO, shape);
        Network network = network(config, dtype);
        Generator anew = Generator.of(spec, network);
        try (Generator replayed = Generator.taking(spec, network)) {
            for (int steps = 1; steps <= 3; steps++) {
                for (int call = 0; call < 3; call++) {
                    int[] labels = labels(5, config.classes());
                    long first = call == 2 ? (1L << 40) + 3 : 10L * call;
                    float[] expected = anew.sample(first, steps, call, labels, options);
                    assertArrayEquals(expected, replayed.sample(first, steps, call, labels, options));
                    assertArrayEquals(expected, replayed.sample(first, steps, call, labels, options.withChunk(2)));
                    try (Scope scope = device.scope()) {
                        assertArrayEquals(
                                expected,
                                replayed.sampleTensor(first, steps, call, labels, options)
                                        .toFloats());
                    }
                }
            }
            assertTrue(device.live().plans().get() > 0);
        }
    }

    @Test
    void oneStepMapsAndSolversReplay() {
        GeneratorOptions d = GeneratorOptions.DEFAULT;
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            replaysLikeAnew(NetworkConfig.mlp(2, 16, 2, 2, 0), List.of(2), dtype, d);
            replaysLikeAnew(NetworkConfig.mlp(2, 16, 2, 2, 3), List.of(2), dtype, d);
            for (SolverChoice solver : List.of(SolverChoice.EULER, SolverChoice.MIDPOINT, SolverChoice.HEUN)) {
                replaysLikeAnew(NetworkConfig.mlp(2, 16, 2, 1, 0), List.of(2), dtype, d.withSolver(solver));
                replaysLikeAnew(
                        NetworkConfig.mlp(2, 16, 2, 1, 3),
                        List.of(2),
                        dtype,
                        new GeneratorOptions(solver, 2.5, 0.2, 0.7, 256));
            }
        }
        replaysLikeAnew(DitConfig.of(4, 2, 1, 8, 1, 2, 3), List.of(1, 4, 4), DType.F32, d.withGuidance(1.5));
    }

    private Generator points() {
        NetworkConfig config = NetworkConfig.mlp(2, 16, 2, 2, 0);
        ModelSpec spec = new ModelSpec(config, DType.F32, LinearPath.NOISE_AT_ONE, List.of(2));
        return Generator.taking(spec, network(config, DType.F32));
    }

    @Test
    void threadsShareAGenerator() throws Exception {
        try (Generator generator = points()) {
            List<float[]> expected = new ArrayList<>();
            for (int seed = 0; seed < 40; seed++) {
                expected.add(generator.sample(1 + seed % 4, 1 + seed % 2, seed));
            }
            ExecutorService pool = Executors.newFixedThreadPool(4);
            List<Future<?>> calls = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                calls.add(pool.submit(() -> {
                    for (int again = 0; again < 5; again++) {
                        for (int seed = 0; seed < 40; seed++) {
                            assertArrayEquals(expected.get(seed), generator.sample(1 + seed % 4, 1 + seed % 2, seed));
                        }
                    }
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            pool.shutdown();
            assertTrue(device.live().plans().get() <= 8);
        }
    }

    @Test
    void fewPlansAreKept() {
        try (Generator generator = points()) {
            for (int n = 1; n <= 30; n++) {
                generator.sample(n, 1, 0);
                assertEquals(Math.min(n, 8), device.live().plans().get());
            }
        }
    }

    @Test
    void aCallInsideARecordingIsRefused() {
        try (Generator generator = points();
                Recording recording = device.record()) {
            assertThrows(IllegalStateException.class, () -> generator.sample(1, 1, 0));
        }
    }
}
