package org.fewstep.solver;

import static org.fewstep.op.Ops.log;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.VpPath;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PidDpmSolverTest extends EngineTest {
    private static final NoiseSchedule EDM = new EdmSchedule();
    private static final double STD = 0.5;
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {1}, new double[][] {{0.3, -0.3}}, new double[] {STD});
    private static final Field EPS = (x, point) -> DATA.eps(x, PathCoefficients.of(point));

    private static PidDpmSolver solver(int order, double tolerance, double eta) {
        return new PidDpmSolver(order, tolerance, tolerance, 0.05, new PidDpmSolver.Gains(), eta, 1);
    }

    private Tensor start(double scale) {
        return Tensor.of(device, DType.F64, new double[] {7 * scale, -4 * scale}, 1, 2);
    }

    /** The exact flow of a Gaussian: what lies z deviations off the mean stays there. */
    private static double[] exact(NoiseSchedule schedule, double[] x, double from, double to) {
        double[] end = new double[2];
        for (int i = 0; i < 2; i++) {
            double mean = DATA.means()[0][i];
            double z =
                    (x[i] - schedule.alpha(from) * mean) / Math.hypot(schedule.alpha(from) * STD, schedule.sigma(from));
            end[i] = schedule.alpha(to) * mean + z * Math.hypot(schedule.alpha(to) * STD, schedule.sigma(to));
        }
        return end;
    }

    @Test
    void smallTolerancesGiveTheExactFlow() {
        NoiseSchedule vp = new VpPath();
        double from = vp.timeAtSnr(1.0 / 10);
        double to = vp.timeAtSnr(1.0 / 0.1);
        for (int order : new int[] {2, 3}) {
            PidDpmSolver.Solution edm = solver(order, 1e-5, 0).solve(EPS, EDM, start(1), 10, 0.1, NoiseSource.NONE);
            assertArrayEquals(
                    exact(EDM, start(1).toDoubles(), 10, 0.1), edm.end().toDoubles(), 1e-4);
            Tensor small = start(vp.alpha(from));
            PidDpmSolver.Solution scaled = solver(order, 1e-5, 0).solve(EPS, vp, small, from, to, NoiseSource.NONE);
            assertArrayEquals(
                    exact(vp, small.toDoubles(), from, to), scaled.end().toDoubles(), 1e-4);
        }
    }

    @Test
    void rejectedTrialsKeepTheirFirstEvaluation() {
        List<Double> asked = new ArrayList<>();
        PidDpmSolver eager = new PidDpmSolver(3, 1e-3, 1e-3, 2, new PidDpmSolver.Gains(), 0, 1);
        PidDpmSolver.Solution solution = eager.solve(
                (x, point) -> {
                    asked.add(point.t());
                    return EPS.at(x, point);
                },
                EDM,
                start(1),
                10,
                0.1,
                NoiseSource.NONE);
        assertTrue(solution.rejected() > 0 && solution.accepted() > 3);
        assertEquals(3 * solution.trials().size() - solution.rejected(), asked.size());
        assertEquals(asked.size(), solution.evaluations());
        assertEquals(asked.size(), asked.stream().distinct().count(), "no point twice");
        assertEquals(10, solution.trials().get(0).points().get(0).t(), 1e-12);
    }

    @Test
    void noiseIsDrawnOnceATakenStep() {
        List<Integer> drawn = new ArrayList<>();
        NoiseSource noise = NoiseSource.seeded(rng, 0);
        PidDpmSolver.Solution solution = solver(3, 0.05, 1).solve(EPS, EDM, start(1), 10, 0.1, (number, like) -> {
            drawn.add(number);
            return noise.draw(number, like);
        });
        // The last step goes to the end itself, below which no noise can be added.
        assertEquals(solution.accepted() - 1, drawn.size());
        assertEquals(drawn.size() - 1, drawn.get(drawn.size() - 1));
        assertTrue(Math.abs(solution.end().toDoubles()[0]) < 4);
    }

    @Test
    void startIsLeftAndNothingElse() {
        Tensor start = start(1);
        long before = device.live().buffers().get();
        try (Scope scope = device.scope()) {
            Tensor end = solver(3, 0.01, 0)
                    .solve(EPS, EDM, start, 10, 0.1, NoiseSource.NONE)
                    .end();
            assertEquals(before + 1, device.live().buffers().get());
            assertTrue(Double.isFinite(end.toDoubles()[0]));
        }
        assertEquals(7, start.toDoubles()[0]);
        Tensor constant = start(0);
        solver(2, 0.01, 0).solve((x, point) -> constant, EDM, start, 10, 0.1, NoiseSource.NONE);
        assertEquals(0, constant.toDoubles()[0], "a field may hand back what it keeps");
    }

    @Test
    void badInputIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> solver(1, 0.1, 0));
        assertThrows(IllegalArgumentException.class, () -> solver(4, 0.1, 0));
        assertThrows(IllegalArgumentException.class, () -> solver(3, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> solver(3, 0.1, -1));
        assertThrows(IllegalArgumentException.class, () -> new PidDpmSolver.Gains(0, Double.NaN, 0, 0.8));
        assertThrows(IllegalArgumentException.class, () -> new PidDpmSolver.Gains(0, 1, 0, 0));
        PidDpmSolver solver = new PidDpmSolver();
        assertThrows(IllegalArgumentException.class, () -> solver.solve(EPS, EDM, start(1), 0.1, 10, NoiseSource.NONE));
        assertThrows(IllegalArgumentException.class, () -> solver.solve(EPS, EDM, start(1), 10, 0, NoiseSource.NONE));
        String message = assertThrows(
                        IllegalStateException.class,
                        // The logarithm of a negative coordinate is not a number.
                        () -> solver.solve((x, point) -> log(x), EDM, start(1), 10, 0.1, NoiseSource.NONE))
                .getMessage();
        assertTrue(message.startsWith("pid-dpm-solver: got a step of NaN at lambda"), message);
    }
}
