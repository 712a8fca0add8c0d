package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowMapSamplerTest {
    private static final double[] START = {1, -2, 0.5, 3};

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        device.close();
    }

    /** The exact map of dx/dt = x: X_{t,r}(x) = x e^(r - t), so u = x (e^(r - t) - 1) / (r - t). */
    private static final FlowMapNet EXPONENTIAL = (x, from, to, cond) -> {
        double span = to.toDoubles()[0] - from.toDoubles()[0];
        return Ops.scale(x, Math.expm1(span) / span);
    };

    @Test
    void anExactMapNeedsOneStepAndComposes() {
        for (LinearPath path : List.of(LinearPath.NOISE_AT_ONE, LinearPath.NOISE_AT_ZERO)) {
            double span = path.dataTime() - path.noiseTime();
            for (int steps : new int[] {1, 2, 7}) {
                try (Scope scope = device.scope()) {
                    Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
                    Tensor y = new FlowMapSampler(EXPONENTIAL)
                            .sample(x, TimeGrid.uniform(path, steps), Cond.NONE, StepObserver.NONE);
                    double[] expected = START.clone();
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] *= Math.exp(span);
                    }
                    assertArrayEquals(expected, y.toDoubles(), 1e-12);
                    assertArrayEquals(START, x.toDoubles(), "the start is left as it is");
                }
            }
        }
    }

    @Test
    void anyGridIsWalkedInItsOrder() {
        List<Double> seen = new ArrayList<>();
        List<double[]> states = new ArrayList<>();
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
            FlowMapNet unit = (state, from, to, cond) -> Tensor.full(device, DType.F64, 1, state.shape());
            new FlowMapSampler(unit)
                    .sample(x, TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, 0.7, 0.1), Cond.NONE, (step, t, state) -> {
                        assertEquals(seen.size(), step);
                        seen.add(t);
                        states.add(state.toDoubles());
                    });
        }
        assertEquals(List.of(1.0, 0.7, 0.1), seen);
        assertArrayEquals(START, states.get(0));
        assertEquals(START[0] - 0.3, states.get(1)[0], 1e-15);
        assertEquals(START[0] - 0.9, states.get(2)[0], 1e-15);
    }

    @Test
    void longGridsHoldOneState() {
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
            long before = device.live().buffers().get();
            new FlowMapSampler(EXPONENTIAL)
                    .sample(
                            x,
                            TimeGrid.uniform(LinearPath.NOISE_AT_ONE, 50),
                            Cond.NONE,
                            (step, t, state) -> assertEquals(
                                    before + (step == 0 ? 0 : 1),
                                    device.live().buffers().get()));
            assertEquals(before + 1, device.live().buffers().get());
        }
    }

    private static final double STD = 0.5;

    /**
     * The exact map S_r / S_t x of data N(0, STD^2) on a path, S^2 = alpha^2 STD^2 + sigma^2, whose average velocity is off by
     * so many x.
     */
    private record GaussianMap(Path path, double off) implements FlowMapNet {
        @Override
        public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
            double t = from.toDoubles()[0];
            double r = to.toDoubles()[0];
            return Ops.scale(x, (deviation(r) / deviation(t) - 1) / (r - t) + off);
        }

        double deviation(double t) {
            return Math.hypot(path.alpha(t) * STD, path.sigma(t));
        }
    }

    private double deviationOf(Tensor samples) {
        double sum = 0;
        for (double x : samples.toDoubles()) {
            sum += x * x;
        }
        return Math.sqrt(sum / samples.shape().count());
    }

    /** Standard deviation of samples made in so many steps with an average velocity that is off by so many x. */
    private double deviation(Path path, double off, int steps, double gamma) {
        int count = 100_000;
        Rng rng = new Rng(5);
        try (Scope scope = device.scope()) {
            Tensor z = Tensor.of(device, DType.F64, rng.stream("z").normal(0, count, 0), count, 1);
            return deviationOf(new FlowMapSampler(new GaussianMap(path, off))
                    .withNoise(gamma, NoiseSource.seeded(rng.stream("xi"), 0))
                    .sample(z, TimeGrid.uniform(path, steps), Cond.NONE, StepObserver.NONE));
        }
    }

    @Test
    void anExactMapKeepsTheMarginalsForEveryGamma() {
        for (Path path : List.of(LinearPath.NOISE_AT_ONE, LinearPath.NOISE_AT_ZERO, new CosinePath())) {
            for (double gamma : new double[] {0, 0.4, 1}) {
                // The deviation of a sample deviation is STD / sqrt(2 count) = 0.0011.
                assertEquals(STD, deviation(path, 0, 5, gamma), 0.005, path + ", gamma " + gamma);
            }
        }
    }

    @Test
    void errorsOfAMapDoNotAddUpWhereThoseOfJumpsToCleanDataDo() {
        int[] steps = {8, 32, 128};
        double[] map = new double[steps.length];
        double[] jumps = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            map[i] = Math.abs(deviation(LinearPath.NOISE_AT_ONE, 0.05, steps[i], 0) - STD);
            jumps[i] = Math.abs(deviation(LinearPath.NOISE_AT_ONE, 0.05, steps[i], 1) - STD);
        }
        for (int i = 1; i < steps.length; i++) {
            assertTrue(jumps[i] > jumps[i - 1], steps[i] + " jumps: " + jumps[i] + " after " + jumps[i - 1]);
        }
        assertTrue(map[2] < map[0] + 0.002, map[2] + " after " + map[0]);
    }

    @Test
    void gammaOneIsTheSamplerOfConsistencyModels() {
        LinearPath path = LinearPath.NOISE_AT_ONE;
        GaussianMap map = new GaussianMap(path, 0.1);
        NoiseSource noise = NoiseSource.seeded(new Rng(3), 0);
        TimeGrid grid = TimeGrid.of(path, 1, 0.6, 0.3, 0);
        try (Scope scope = device.scope()) {
            Tensor z = Tensor.of(device, DType.F64, START, 4, 1);
            Tensor clean = OdeSampler.run(
                    new MultistepConsistency().plan(grid),
                    (x, point) -> {
                        Tensor from = Tensor.full(device, DType.F64, point.t(), Shape.of(4));
                        Tensor to = Tensor.full(device, DType.F64, 0, Shape.of(4));
                        return Ops.sub(x, Ops.scale(map.u(x, from, to, Cond.NONE), point.t()));
                    },
                    z,
                    noise,
                    StepObserver.NONE);
            double[] expected = clean.toDoubles();
            double[] got = new FlowMapSampler(map)
                    .withNoise(1, noise)
                    .sample(z, grid, Cond.NONE, StepObserver.NONE)
                    .toDoubles();
            assertArrayEquals(expected, got, 1e-12);
        }
    }

    @Test
    void anInvertedSampleIsItsNoise() {
        LinearPath path = LinearPath.NOISE_AT_ONE;
        FlowMapSampler sampler = new FlowMapSampler(new GaussianMap(path, 0));
        TimeGrid grid = TimeGrid.of(path, 1, 0.5, 0.2, 0);
        List<Double> seen = new ArrayList<>();
        try (Scope scope = device.scope()) {
            Tensor z = Tensor.of(device, DType.F64, START, 4, 1);
            Tensor x = sampler.sample(z, grid, Cond.NONE, StepObserver.NONE);
            Tensor back = sampler.withNoise(0.5, NoiseSource.NONE)
                    .invert(x, grid, Cond.NONE, (step, t, state) -> seen.add(t));
            assertArrayEquals(START, back.toDoubles(), 1e-12);
            assertEquals(STD * START[1], x.toDoubles()[1], 1e-12);
        }
        assertEquals(List.of(0.0, 0.2, 0.5, 1.0), seen);
    }

    @Test
    void shortStepsUseTheVelocity() {
        List<Boolean> velocity = new ArrayList<>();
        FlowMapNet net = (x, from, to, cond) -> {
            velocity.add(from.toDoubles()[0] == to.toDoubles()[0]);
            return Tensor.full(device, DType.F64, 1, x.shape());
        };
        try (Scope scope = device.scope()) {
            Tensor z = Tensor.of(device, DType.F64, START, 4, 1);
            Tensor y = new FlowMapSampler(net)
                    .withVelocityUpTo(0.2)
                    .sample(z, TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, 0.5, 0.35, 0), Cond.NONE, StepObserver.NONE);
            assertEquals(START[0] - 1, y.toDoubles()[0], 1e-15);
        }
        assertEquals(List.of(false, true, false), velocity);
    }

    @Test
    void badSettingsAndNoiseOnTheWayToNoiseAreRefused() {
        FlowMapSampler sampler = new FlowMapSampler(EXPONENTIAL);
        for (double gamma : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> sampler.withNoise(gamma, NoiseSource.NONE));
        }
        assertThrows(IllegalArgumentException.class, () -> sampler.withVelocityUpTo(-1));
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, START, 4, 1);
            FlowMapSampler noisy = sampler.withNoise(0.5, NoiseSource.seeded(new Rng(1), 0));
            TimeGrid back = TimeGrid.of(LinearPath.NOISE_AT_ONE, 0.2, 0.6);
            String message = assertThrows(
                            IllegalArgumentException.class, () -> noisy.sample(x, back, Cond.NONE, StepObserver.NONE))
                    .getMessage();
            assertTrue(message.contains("more noise"), message);
        }
    }
}
