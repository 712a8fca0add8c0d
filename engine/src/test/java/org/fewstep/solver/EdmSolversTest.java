package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.EdmVeSchedule;
import org.fewstep.path.EdmVpSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.GridPoint;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.UnitVariance;
import org.fewstep.path.VpPath;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws that all solvers in EDM's coordinates keep, deterministic or not, on every schedule. */
class EdmSolversTest extends EngineTest {
    private static final NoiseSchedule EDM = new EdmSchedule();
    private static final Churn CHURN = new Churn(8, 0.1, 15, 1);

    /** With their noise off; orders as in each one's documentation. */
    static Stream<Arguments> deterministic() {
        return Stream.of(
                Arguments.of(new EdmEuler(), 1.0),
                Arguments.of(new EdmHeun(), 2.0),
                Arguments.of(new EdmHeun(0.5, Churn.NONE), 2.0),
                Arguments.of(new EdmHeun(0.7, Churn.NONE), 2.0),
                Arguments.of(new EdmDpm2(), 2.0),
                Arguments.of(new LinearMultistep(1), 1.0),
                Arguments.of(new LinearMultistep(2), 2.0),
                Arguments.of(new LinearMultistep(3), 3.0),
                Arguments.of(new LinearMultistep(), 3.8),
                Arguments.of(new EulerAncestral(0, 1), 1.0),
                Arguments.of(new Dpm2Ancestral(0, 1, Coefficients.EXACT), 2.0),
                Arguments.of(new DpmPp2sAncestral(0, 1), 2.0),
                Arguments.of(new DpmPpSde(0, 1, 0.5, DpmPpSde.Coupling.BROWNIAN), 2.0),
                Arguments.of(new DpmPpSde(0, 1, 0.8, DpmPpSde.Coupling.BROWNIAN), 2.0),
                Arguments.of(new DpmPp2mSde(0, 1, DpmPp2mSde.Weight.MIDPOINT), 2.0),
                Arguments.of(new DpmPp2mSde(0, 1, DpmPp2mSde.Weight.HEUN), 2.0),
                Arguments.of(new DpmPp3mSde(0, 1, Coefficients.EXACT), 3.0),
                Arguments.of(new DpmPp3mSde(0, 1, Coefficients.PUBLISHED), 2.0),
                Arguments.of(new DpmFast(), 3.0),
                Arguments.of(new ErSde(1, ErSde.NoiseScale.ODE, Coefficients.EXACT), 1.0),
                Arguments.of(new ErSde(2, ErSde.NoiseScale.ODE, Coefficients.EXACT), 2.0),
                Arguments.of(new ErSde(3, ErSde.NoiseScale.ODE, Coefficients.EXACT), 3.0),
                Arguments.of(new Restart(), 2.0));
    }

    /** With all of their noise. */
    static Stream<Solver> stochastic() {
        return Stream.of(
                new EdmEuler(CHURN),
                new EdmHeun(CHURN),
                new EdmDpm2(CHURN),
                new EulerAncestral(),
                new EulerAncestral(0.4, 1),
                new Dpm2Ancestral(),
                new DpmPp2sAncestral(),
                new DpmPpSde(),
                new DpmPpSde(1, 1, 0.5, DpmPpSde.Coupling.INDEPENDENT),
                new DpmPpSde(1, 1, 1, DpmPpSde.Coupling.BROWNIAN),
                new DpmPp2mSde(),
                new DpmPp2mSde(0.5, 1, DpmPp2mSde.Weight.HEUN),
                new DpmPp3mSde(),
                new DpmPp3mSde(1, 1, Coefficients.PUBLISHED),
                new DpmFast(1, 1),
                new ErSde(),
                new ErSde(1, ErSde.NoiseScale.SDE, Coefficients.EXACT),
                new ErSde(2, ErSde.NoiseScale.POWER_1_5, Coefficients.EXACT),
                new ErSde(3, ErSde.NoiseScale.POWER_2_5, Coefficients.EXACT),
                new ErSde(2, ErSde.NoiseScale.LOGARITHMIC, Coefficients.EXACT),
                new Seeds1(),
                new Seeds1(Prediction.EPS, Coefficients.EXACT),
                new Seeds2(),
                new Seeds2(Prediction.X0, Seeds2.Weights.A, 0.3, Coefficients.EXACT),
                new Seeds2(Prediction.EPS, Seeds2.Weights.A, 0.5, Coefficients.EXACT),
                new Seeds2(Prediction.EPS, Seeds2.Weights.B, 0.7, Coefficients.EXACT),
                new Seeds3(),
                new Seeds3(Prediction.EPS, Coefficients.EXACT));
    }

    static Stream<Solver> solvers() {
        Restart restart = new Restart(new Restart.Interval(3, 2, 0.3, 2), new Restart.Interval(3, 1, 2, 9));
        return Stream.of(deterministic().map(a -> (Solver) a.get()[0]), stochastic(), Stream.<Solver>of(restart))
                .flatMap(s -> s);
    }

    private static Field field(NoiseSchedule schedule, GaussianMixture data, Prediction prediction) {
        return (x, point) -> {
            PathCoefficients at = PathCoefficients.of(point);
            return switch (prediction) {
                case X0 -> data.x0(x, at);
                case EPS -> data.eps(x, at);
                case SCORE -> data.score(x, at);
                case V -> data.v(x, PathCoefficients.of(schedule, point.t()));
            };
        };
    }

    private static GaussianMixture gaussian(int dim, double mean, double std) {
        double[] means = IntStream.range(0, dim).mapToDouble(i -> mean).toArray();
        return new GaussianMixture(new double[] {1}, new double[][] {means}, new double[] {std});
    }

    /** Levels at equal ratios; a last level of 0 is put behind the others. */
    private static TimeGrid levels(NoiseSchedule schedule, int steps, double max, double min, boolean clean) {
        double[] t = new double[steps + 1];
        int last = clean ? steps - 1 : steps;
        for (int i = 0; i <= last; i++) {
            double rho = last == 0 ? max : max * Math.pow(min / max, (double) i / last);
            t[i] = schedule.timeAtSnr(1 / rho);
        }
        if (clean) {
            t[steps] = schedule.timeAtSnr(Double.POSITIVE_INFINITY);
        }
        return TimeGrid.of(schedule, t);
    }

    private Tensor row(double... values) {
        return Tensor.of(device, DType.F64, values, 1, values.length);
    }

    /**
     * The variance at the end of a run that is linear in its start and its draws: one coordinate for the start, one for each
     * draw.
     */
    private double variance(StepPlan plan, NoiseSchedule schedule, double startStd, double dataStd) {
        int dim = 1 + plan.draws();
        double[] start = new double[dim];
        start[0] = startStd;
        NoiseSource noise = (number, like) -> {
            double[] unit = new double[dim];
            unit[1 + number] = 1;
            return row(unit);
        };
        Field field = field(schedule, gaussian(dim, 0, dataStd), plan.field());
        double variance = 0;
        for (double v : Sampler.run(plan, field, row(start), noise).toDoubles()) {
            variance += v * v;
        }
        return variance;
    }

    @ParameterizedTest
    @MethodSource("deterministic")
    void errorFallsWithTheOrder(Solver solver, double order) {
        int[] steps = {80, 161}; // a remainder of 2 by 3: DPM-fast ends on a step of order 2
        double[] errors = new double[2];
        for (int k = 0; k < 2; k++) {
            StepPlan plan = solver.plan(levels(EDM, steps[k], 80, 0.1, false));
            assertEquals(0, plan.draws());
            errors[k] = errorOfTheFlow(plan);
        }
        double measured = Math.log(errors[0] / errors[1]) / Math.log((double) steps[1] / steps[0]);
        assertTrue(measured >= order - 0.25, "measured order " + measured);
    }

    /** The flow of a Gaussian from sigma 80 to 0.1 keeps the distance to the mean in deviations. */
    private double errorOfTheFlow(StepPlan plan) {
        double mean = 0.3;
        double std = 1;
        double x = Sampler.run(plan, field(EDM, gaussian(1, mean, std), plan.field()), row(60))
                .toDoubles()[0];
        return Math.abs(x - (mean + (60 - mean) * Math.hypot(std, 0.1) / Math.hypot(std, 80)));
    }

    @Test
    void publishedThirdOrdersLoseAnOrder() {
        TimeGrid grid = levels(EDM, 160, 80, 0.1, false);
        double published = errorOfTheFlow(new DpmPp3mSde(0, 1, Coefficients.PUBLISHED).plan(grid));
        double exact = errorOfTheFlow(new DpmPp3mSde(0, 1, Coefficients.EXACT).plan(grid));
        assertTrue(exact < 0.1 * published, exact + ", " + published);
        published = errorOfTheFlow(new ErSde(3, ErSde.NoiseScale.ODE, Coefficients.PUBLISHED).plan(grid));
        exact = errorOfTheFlow(new ErSde(3, ErSde.NoiseScale.ODE, Coefficients.EXACT).plan(grid));
        assertTrue(exact < 0.1 * published, exact + ", " + published);
    }

    /** All trajectories of a point mass are straight in y = x / alpha, and fresh noise makes up for what is taken away. */
    @ParameterizedTest
    @MethodSource("solvers")
    void pointMassKeepsItsNoiseLevel(Solver solver) {
        if (solver instanceof Seeds1 s && s.form() == Prediction.EPS
                || solver instanceof Seeds2 t && t.form() == Prediction.EPS
                || solver instanceof Seeds3 u && u.form() == Prediction.EPS) {
            return; // their eps is constant along a step, not along such a trajectory
        }
        TimeGrid grid = levels(EDM, 7, 20, 0.05, false);
        assertEquals(0.05 * 0.05, variance(solver.plan(grid), EDM, 20, 0), 1e-12);
        if (solver.plan(grid).field() != Prediction.V) {
            NoiseSchedule vp = new VpPath();
            TimeGrid scaled = levels(vp, 7, 20, 0.05, false);
            double start = scaled.point(0).sigma();
            double end = scaled.point(7).sigma();
            assertEquals(end * end, variance(solver.plan(scaled), vp, start, 0), 1e-12);
        }
    }

    /** The marginal of a Gaussian comes out with an error that falls like 1 / steps at least. */
    @ParameterizedTest
    @MethodSource("stochastic")
    void marginalOfAGaussianIsReached(Solver solver) {
        for (NoiseSchedule schedule : List.of(EDM, new VpPath())) {
            double[] errors = new double[2];
            for (int k = 0; k < 2; k++) {
                TimeGrid grid = levels(schedule, 60 << k, 20, 0.05, false);
                GridPoint first = grid.point(0);
                GridPoint last = grid.point(grid.steps());
                double start = Math.hypot(first.alpha() * 0.5, first.sigma());
                double exact = Math.pow(last.alpha() * 0.5, 2) + Math.pow(last.sigma(), 2);
                errors[k] = Math.abs(variance(solver.plan(grid), schedule, start, 0.5) / exact - 1);
            }
            assertTrue(errors[1] < 0.1 && errors[1] < 0.6 * errors[0], errors[0] + ", " + errors[1]);
        }
    }

    /** An error of the start is forgotten in the restarts, but for the error of these. */
    @Test
    void restartsForgetTheStart() {
        TimeGrid grid = levels(EDM, 60, 20, 0.05, false);
        double exact = 0.25 + 0.05 * 0.05;
        double without = variance(new Restart().plan(grid), EDM, 40, 0.5);
        double with = variance(new Restart(new Restart.Interval(40, 3, 0.3, 2)).plan(grid), EDM, 40, 0.5);
        assertEquals(4, without / exact, 0.05);
        assertEquals(1, with / exact, 0.02);
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void fewStepsAreFinite(Solver solver) {
        GaussianMixture data = new GaussianMixture(
                new double[] {0.4, 0.6}, new double[][] {{1, -0.5}, {-1, 0.2}}, new double[] {0.2, 0.3});
        List<NoiseSchedule> schedules = List.of(
                EDM,
                new VpPath(),
                LinearPath.NOISE_AT_ONE,
                LinearPath.NOISE_AT_ZERO,
                new EdmVeSchedule(),
                new UnitVariance(new EdmVpSchedule()));
        for (NoiseSchedule schedule : schedules) {
            for (int steps : new int[] {1, 2, 3, 5}) {
                for (boolean clean : new boolean[] {true, false}) {
                    StepPlan plan = solver.plan(levels(schedule, steps, 30, 0.1, clean));
                    Field field = field(schedule, data, plan.field());
                    double[] x = Sampler.run(plan, field, row(20, -30), NoiseSource.seeded(rng, 0))
                            .toDoubles();
                    for (double v : x) {
                        assertTrue(Double.isFinite(v), plan + " gave " + v);
                    }
                }
            }
        }
    }

    /** A single step to sigma = 0 is the denoiser, whatever the solver, unless its own noise comes in between. */
    @ParameterizedTest
    @MethodSource("solvers")
    void oneStepToTheEndGivesX0(Solver solver) {
        GaussianMixture data = gaussian(2, 0.4, 0.7);
        StepPlan plan = solver.plan(TimeGrid.of(EDM, 5, 0));
        double[] x0 = data.x0(
                        row(3, -4),
                        new PathCoefficients(new double[] {1}, new double[] {5}, new double[] {0}, new double[] {1}))
                .toDoubles();
        if (plan.draws() > 0) {
            return; // churn raises the level first, and restarts come back from the end
        }
        double[] x = Sampler.run(plan, field(EDM, data, plan.field()), row(3, -4), NoiseSource.NONE)
                .toDoubles();
        assertArrayEquals(x0, x, 1e-13);
        assertEquals(1, plan.evaluations());
    }

    @Test
    void evaluationsAStep() {
        TimeGrid clean = levels(EDM, 6, 30, 0.1, true);
        assertEquals(6, new EdmEuler().plan(clean).evaluations());
        assertEquals(11, new EdmHeun().plan(clean).evaluations());
        assertEquals(11, new EdmDpm2().plan(clean).evaluations());
        assertEquals(11, new Dpm2Ancestral().plan(clean).evaluations());
        assertEquals(11, new DpmPp2sAncestral().plan(clean).evaluations());
        assertEquals(11, new DpmPpSde().plan(clean).evaluations());
        assertEquals(6, new DpmPp2mSde().plan(clean).evaluations());
        assertEquals(6, new DpmPp3mSde().plan(clean).evaluations());
        assertEquals(6, new LinearMultistep().plan(clean).evaluations());
        assertEquals(6, new DpmFast(1, 1).plan(clean).evaluations());
        assertEquals(6, new ErSde().plan(clean).evaluations());
        assertEquals(6, new Seeds1().plan(clean).evaluations());
        assertEquals(11, new Seeds2().plan(clean).evaluations());
        assertEquals(16, new Seeds3().plan(clean).evaluations());
        Solver restart = new Restart(new Restart.Interval(3, 2, 0.1, 1));
        assertEquals(11 + 2 * 4, restart.plan(clean).evaluations());
    }

    /** Without noise the SEEDS methods solve the drift of the reverse SDE with 1, 2 and 3 stages and the orders 1, 2 and 3. */
    @Test
    void driftOfSeedsIsSolvedWithTheOrderOfItsStages() {
        GaussianMixture smooth = new GaussianMixture(
                new double[] {0.5, 0.3, 0.2},
                new double[][] {{0.75, 0.25}, {-0.5, 0.6}, {-0.2, -0.65}},
                new double[] {0.8, 1, 0.6});
        NoiseSource silent = (number, like) -> Ops.scale(like, 0);
        for (Prediction form : List.of(Prediction.X0, Prediction.EPS)) {
            Field field = field(EDM, smooth, form);
            Tensor start = Tensor.of(device, DType.F64, new double[] {1.5, -2, 0.5, 3, -2.5, -1}, 3, 2);
            double[] exact = Sampler.run(
                            new Seeds3(form, Coefficients.EXACT).plan(levels(EDM, 640, 3, 0.1, false)),
                            field,
                            start,
                            silent)
                    .toDoubles();
            List<Solver> methods = List.of(
                    new Seeds1(form, Coefficients.EXACT),
                    new Seeds2(form, Seeds2.Weights.B, 0.5, Coefficients.EXACT),
                    new Seeds3(form, Coefficients.EXACT));
            for (int order = 1; order <= 3; order++) {
                double[] errors = new double[2];
                for (int k = 0; k < 2; k++) {
                    TimeGrid grid = levels(EDM, 20 << k, 3, 0.1, false);
                    double[] x = Sampler.run(methods.get(order - 1).plan(grid), field, start, silent)
                            .toDoubles();
                    for (int i = 0; i < x.length; i++) {
                        errors[k] = Math.hypot(errors[k], x[i] - exact[i]);
                    }
                }
                double slope = Math.log(errors[0] / errors[1]) / Math.log(2);
                assertEquals(order, slope, 0.35, methods.get(order - 1) + " " + Arrays.toString(errors));
            }
        }
    }

    @Test
    void noiseIsDrawnWhereItIsUsed() {
        TimeGrid clean = levels(EDM, 6, 30, 0.1, true);
        assertEquals(5, new EulerAncestral().plan(clean).draws());
        assertEquals(10, new DpmPpSde().plan(clean).draws());
        assertEquals(10, new Seeds2().plan(clean).draws());
        assertEquals(15, new Seeds3().plan(clean).draws());
        assertEquals(2, new EdmHeun(new Churn(1, 1, 12, 1)).plan(clean).draws());
        assertEquals(
                2, new Restart(new Restart.Interval(3, 2, 0.1, 1)).plan(clean).draws());
        // The published threshold silences steps of small noise.
        TimeGrid low = levels(EDM, 6, 0.01, 1e-4, false);
        ErSde.NoiseScale scale = ErSde.NoiseScale.SDE;
        assertEquals(6, new ErSde(2, scale, Coefficients.EXACT).plan(low).draws());
        assertTrue(new ErSde(2, scale, Coefficients.PUBLISHED).plan(low).draws() < 6);
    }

    @Test
    void ancestralStepsAboveEtaOne() {
        TimeGrid grid = TimeGrid.of(EDM, 10, 1, 0);
        assertEquals(1, new Dpm2Ancestral(1.5, 1, Coefficients.EXACT).plan(grid).draws());
        assertEquals(
                0, new Dpm2Ancestral(1.5, 1, Coefficients.PUBLISHED).plan(grid).draws());
        for (Solver solver : List.of(
                new EulerAncestral(1.5, 1),
                new Dpm2Ancestral(1.5, 1, Coefficients.EXACT),
                new DpmPp2sAncestral(1.5, 1),
                new DpmFast(1.5, 1))) {
            TimeGrid part = TimeGrid.of(EDM, 10, 1);
            assertEquals(1, variance(solver.plan(part), EDM, 10, 0), 1e-12, solver.toString());
        }
    }

    @Test
    void restartsGoToTheNearestLevelAndTheLaterIntervalCounts() {
        TimeGrid grid = TimeGrid.of(EDM, 10, 4, 1, 0.2);
        StepPlan plan = new Restart(new Restart.Interval(2, 9, 1.3, 3), new Restart.Interval(3, 1, 0.9, 2)).plan(grid);
        assertEquals(
                List.of(4.0, 1.0, 2.0),
                plan.steps().stream().limit(3).map(s -> s.to().t()).toList());
        assertEquals(1.0, plan.steps().get(4).to().t());
        assertEquals(6, plan.steps().size());
        assertThrows(
                IllegalArgumentException.class, () -> new Restart(new Restart.Interval(3, 1, 0.8, 0.9)).plan(grid));
        assertEquals(3, new Restart().plan(grid).steps().size());
    }

    @Test
    void badInputIsNamed() {
        for (Solver solver : solvers().toList()) {
            String rising = assertThrows(IllegalArgumentException.class, () -> solver.plan(TimeGrid.of(EDM, 0.1, 1)))
                    .getMessage();
            assertTrue(rising.startsWith(solver.name() + ": got sigma / alpha 1.0 at t 1.0 after 0.1"), rising);
            assertThrows(
                    IllegalArgumentException.class, () -> solver.plan(TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, 3)));
        }
        assertThrows(IllegalArgumentException.class, () -> new Churn(-1));
        assertThrows(IllegalArgumentException.class, () -> new Churn(1, 2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new EdmHeun(0, Churn.NONE));
        assertThrows(IllegalArgumentException.class, () -> new EdmHeun(1.1, Churn.NONE));
        assertThrows(IllegalArgumentException.class, () -> new EulerAncestral(-0.1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Dpm2Ancestral(1, Double.NaN, Coefficients.EXACT));
        assertThrows(IllegalArgumentException.class, () -> new DpmPp2sAncestral(Double.POSITIVE_INFINITY, 1));
        assertThrows(IllegalArgumentException.class, () -> new DpmPpSde(1, 1, 0, DpmPpSde.Coupling.BROWNIAN));
        assertThrows(IllegalArgumentException.class, () -> new DpmPp2mSde(1, -1, DpmPp2mSde.Weight.HEUN));
        assertThrows(IllegalArgumentException.class, () -> new DpmPp3mSde(-1, 1, Coefficients.EXACT));
        assertThrows(IllegalArgumentException.class, () -> new DpmFast(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> DpmFast.grid(EDM, 0, 10, 1));
        assertThrows(IllegalArgumentException.class, () -> new LinearMultistep(0));
        assertThrows(IllegalArgumentException.class, () -> new LinearMultistep(9));
        assertThrows(IllegalArgumentException.class, () -> new ErSde(4, ErSde.NoiseScale.SDE, Coefficients.EXACT));
        assertThrows(IllegalArgumentException.class, () -> new Seeds1(Prediction.V, Coefficients.EXACT));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Seeds2(Prediction.X0, Seeds2.Weights.A, 1, Coefficients.EXACT));
        assertThrows(IllegalArgumentException.class, () -> new Restart.Interval(1, 1, 0.1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Restart.Interval(3, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Restart(List.of(), -1));
    }
}
