package org.fewstep.solver;

import static org.fewstep.op.Ops.scale;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.path.CosinePath;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SolverTest extends EngineTest {
    private static final Path PATH = LinearPath.NOISE_AT_ONE;

    static Stream<Arguments> solvers() {
        return Stream.of(
                Arguments.of(new Euler(), 1, 1),
                Arguments.of(new Midpoint(), 2, 2),
                Arguments.of(new Heun(), 2, 2),
                Arguments.of(new Heun3(), 3, 3),
                Arguments.of(new RungeKutta4(), 4, 4),
                Arguments.of(new RungeKutta38(), 4, 4));
    }

    private Tensor start() {
        return Tensor.of(device, DType.F64, new double[] {1, -0.5}, 1, 2);
    }

    /** dx/dt = e^t x, so x(0) = x(1) exp(1 - e). */
    private static final Field GROWTH = (x, point) -> scale(x, Math.exp(point.t()));

    @ParameterizedTest
    @MethodSource("solvers")
    void errorFallsWithTheOrder(Solver solver, int order, int evaluationsAStep) {
        double exact = Math.exp(1 - Math.E);
        double[] errors = new double[2];
        for (int k = 0; k < 2; k++) {
            int steps = 40 << k;
            StepPlan plan = solver.plan(TimeGrid.uniform(PATH, steps));
            assertEquals(steps * evaluationsAStep, plan.evaluations());
            errors[k] = Math.abs(Sampler.run(plan, GROWTH, start()).toDoubles()[0] - exact);
        }
        assertEquals(order, Math.log(errors[0] / errors[1]) / Math.log(2), 0.12);
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void straightTrajectoriesNeedOneStep(Solver solver, int order, int evaluationsAStep) {
        Tensor x = Sampler.run(solver.plan(TimeGrid.uniform(PATH, 1)), (y, point) -> scale(start(), 0.5), start());
        assertArrayEquals(new double[] {0.5, -0.25}, x.toDoubles(), 1e-15);
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void reversedPathAndFieldGiveTheSameStates(Solver solver, int order, int evaluationsAStep) {
        Path path = new CosinePath();
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{0.4, -1}}, new double[] {0.6});
        Field forward = (x, point) -> data.v(x, PathCoefficients.of(path, point.t()));
        Field backward = (x, point) -> scale(data.v(x, PathCoefficients.of(path, 1 - point.t())), -1);
        double[] a = Sampler.run(solver.plan(TimeGrid.uniform(path, 8)), forward, start())
                .toDoubles();
        double[] b = Sampler.run(solver.plan(TimeGrid.uniform(path.reversed(), 8)), backward, start())
                .toDoubles();
        assertArrayEquals(a, b, 1e-13);
    }

    @Test
    void exactMapOfAGaussianByErrorControl() {
        double mean = 0.7;
        double std = 0.4;
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{mean, mean}}, new double[] {std});
        for (Path path : List.of(PATH, LinearPath.NOISE_AT_ZERO, new CosinePath())) {
            Field field = (x, point) -> data.v(x, PathCoefficients.of(path, point.t()));
            DormandPrince.Solution solution = new DormandPrince(1e-10, 1e-12)
                    .solve(
                            field,
                            path,
                            start(),
                            path.noiseTime(),
                            0.5 + 0.1 * (path.noiseTime() - 0.5),
                            0.5,
                            path.dataTime());
            // X(x) = mu_t + S_t / S_s (x - mu_s) with S = 1, mu = 0 at the noise end.
            double at = Math.hypot(path.alpha(0.5) * std, path.sigma(0.5));
            assertEquals(path.alpha(0.5) * mean + at, solution.states().get(2).toDoubles()[0], 1e-9);
            assertArrayEquals(
                    new double[] {mean + std, mean - 0.5 * std}, solution.end().toDoubles(), 1e-9);
            assertEquals(4, solution.states().size());
            assertTrue(solution.evaluations() < 1000 && solution.accepted() > 10);
        }
    }

    @Test
    void oversteppingReadsTheSameStates() {
        double[] times = {1, 0.9, 0.899, 0.3, 0};
        List<Double> asked = new ArrayList<>();
        Field field = (x, point) -> {
            asked.add(point.t());
            return GROWTH.at(x, point);
        };
        DormandPrince.Solution over = new DormandPrince(
                        1e-8, 1e-10, DormandPrince.End.OVERSHOOT, DormandPrince.Norm.SAMPLE)
                .solve(field, PATH, start(), times);
        assertTrue(asked.stream().anyMatch(t -> t < 0), "no evaluation beyond the end");
        assertEquals(5, over.states().size());
        for (int i = 0; i < times.length; i++) {
            double exact = Math.exp(Math.exp(times[i]) - Math.E);
            assertEquals(exact, over.states().get(i).toDoubles()[0], 1e-6, "t " + times[i]);
        }
        asked.clear();
        new DormandPrince(1e-8, 1e-10).solve(field, PATH, start(), times);
        assertTrue(asked.stream().allMatch(t -> 0 <= t && t <= 1), "evaluations " + asked);
    }

    @Test
    void aSampleKeepsItsToleranceAmongEasyOnes() {
        // All but the first sample rest at 0, and so does their error.
        Tensor crowd = Tensor.of(device, DType.F64, Arrays.copyOf(new double[] {1, -0.5}, 400), 200, 2);
        int[] evaluations = new int[2];
        for (DormandPrince.Norm norm : DormandPrince.Norm.values()) {
            DormandPrince method = new DormandPrince(1e-6, 1e-6, DormandPrince.End.CLAMPED, norm);
            DormandPrince.Solution alone = method.solve(GROWTH, PATH, start(), 1, 0);
            DormandPrince.Solution together = method.solve(GROWTH, PATH, crowd, 1, 0);
            evaluations[norm.ordinal()] = together.evaluations();
            if (norm == DormandPrince.Norm.SAMPLE) {
                assertEquals(alone.evaluations(), together.evaluations());
                assertEquals(alone.end().toDoubles()[0], together.end().toDoubles()[0], 1e-15);
            }
        }
        assertTrue(evaluations[0] < evaluations[1], Arrays.toString(evaluations));
    }

    @Test
    void singularFieldStopsWithAReason() {
        String message = assertThrows(
                        IllegalStateException.class,
                        () -> new DormandPrince(1e-6, 1e-6)
                                .solve((x, p) -> scale(x, -1 / Math.pow(p.t() - 0.5, 2)), PATH, start(), 1, 0))
                .getMessage();
        assertTrue(message.startsWith("dormand-prince: got a step of"), message);
    }

    @Test
    void fieldMayHandBackItsInput() {
        double e = new DormandPrince(1e-9, 1e-12)
                .solve((x, p) -> x, LinearPath.NOISE_AT_ZERO, start(), 0, 1)
                .end()
                .toDoubles()[0];
        assertEquals(Math.E, e, 1e-8);
        Tensor constant = start();
        Sampler.run(new Euler().plan(TimeGrid.uniform(PATH, 5)), (x, p) -> constant, start());
        assertEquals(1, constant.toDoubles()[0]);
    }

    @Test
    void planPrintsAsAProgram() {
        StepPlan plan = new Midpoint().plan(TimeGrid.of(PATH, 1, 0.5));
        assertEquals("""
                midpoint: 1 steps, 2 evaluations of V, 0 draws
                step 0: t 1.0 -> 0.5
                  v1 = field(v0, t = 1.0)
                  v2 = v0 - 0.25 v1
                  v3 = field(v2, t = 0.75)
                  v4 = v0 - 0.5 v3
                  state v4
                """, plan.toString());
    }

    @Test
    void gridsAreChecked() {
        assertEquals("linear[1.0, 0.5, 0.0]", TimeGrid.uniform(PATH, 2).toString());
        assertEquals(0, TimeGrid.uniform(PATH, 3).point(3).t());
        assertEquals(-0.5, TimeGrid.uniform(PATH, 2).span(1));
        assertThrows(IllegalArgumentException.class, () -> TimeGrid.of(PATH, 1));
        assertThrows(IllegalArgumentException.class, () -> TimeGrid.of(PATH, 1, 0.5, 0.6));
        assertThrows(IllegalArgumentException.class, () -> TimeGrid.of(PATH, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> TimeGrid.of(PATH, 1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> TimeGrid.uniform(PATH, 0));
    }

    @Test
    void memoryDoesNotGrowWithTheSteps() {
        List<Long> live = new ArrayList<>();
        CountedField field = new CountedField((x, point) -> {
            live.add(device.live().buffers().get());
            return GROWTH.at(x, point);
        });
        long before = device.live().buffers().get();
        try (Scope scope = device.scope()) {
            Tensor x = Sampler.run(new RungeKutta4().plan(TimeGrid.uniform(PATH, 50)), field, start());
            assertEquals(before + 2, device.live().buffers().get(), "start and result are left");
            assertTrue(Double.isFinite(x.toDoubles()[0]));
        }
        assertEquals(200, field.evaluations());
        for (int i = 8; i < live.size(); i++) {
            assertEquals(live.get(i - 4), live.get(i));
        }
    }
}
