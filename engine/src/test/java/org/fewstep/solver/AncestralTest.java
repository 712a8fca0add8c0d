package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.CosinePath;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** DDIM with noise and DDPM on schedules of any scale. */
class AncestralTest extends EngineTest {
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {1}, new double[][] {{0.8, -0.5}}, new double[] {0.4});
    private static final Field X0 = (x, point) -> DATA.x0(x, PathCoefficients.of(point));

    private static TimeGrid grid(NoiseSchedule schedule, double... levels) {
        return TimeGrid.ofLevels(schedule, levels);
    }

    private double[] run(Solver solver, NoiseSchedule schedule, double... levels) {
        TimeGrid grid = grid(schedule, levels);
        double scale = grid.point(0).alpha();
        Tensor start = Tensor.of(device, DType.F64, new double[] {3 * scale, -5 * scale}, 1, 2);
        return Sampler.run(solver.plan(grid), X0, start, NoiseSource.seeded(new Rng(4), 0))
                .toDoubles();
    }

    /** A change of scale alone: in x / alpha all schedules take the same steps with the same noise. */
    @Test
    void aRunDoesNotDependOnTheScaleOfItsSchedule() {
        double[] levels = {8, 4, 1, 0.3, 0};
        for (Solver solver : List.of(new Ddim(0.5), new Ddim(1), new Ddpm(Ddpm.Variance.SMALL))) {
            double[] vp = run(solver, new CosinePath(), levels);
            assertArrayEquals(vp, run(solver, LinearPath.NOISE_AT_ONE, levels), 1e-12, solver.name());
            assertArrayEquals(vp, run(solver, new EdmSchedule(), levels), 1e-12, solver.name());
        }
        double[] euler = run(new EulerAncestral(), new EdmSchedule(), levels);
        assertArrayEquals(euler, run(new Ddim(1), LinearPath.NOISE_AT_ONE, levels), 1e-12);
    }

    /** Exact for Gaussian data in the limit: mean and spread after many steps on the linear path, from pure noise. */
    @Test
    void manyStepsOnTheLinearPathGiveTheData() {
        int n = 20_000;
        Tensor noise = Tensor.of(device, DType.F64, rng.normal(0, 2 * n, 0), n, 2);
        for (Solver solver : List.of(new Ddim(1), new Ddpm(Ddpm.Variance.LARGE))) {
            assertTrue(solver.startsFromPureNoise());
            TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ONE, 200);
            double[] x = Sampler.run(solver.plan(grid), X0, noise, NoiseSource.seeded(new Rng(4), 0))
                    .toDoubles();
            double mean = 0;
            double square = 0;
            for (int i = 0; i < n; i++) {
                mean += x[2 * i] / n;
            }
            for (int i = 0; i < n; i++) {
                square += (x[2 * i] - mean) * (x[2 * i] - mean) / n;
            }
            assertEquals(0.8, mean, 0.02, solver.name());
            assertEquals(0.4, Math.sqrt(square), 0.02, solver.name());
        }
    }

    @Test
    void noiseThatWouldHaveToBeTakenAwayIsRefused() {
        TimeGrid rising = TimeGrid.of(LinearPath.NOISE_AT_ONE, 0.2, 0.6);
        for (Solver solver : List.of(new Ddim(0.3), new Ddpm(Ddpm.Variance.LARGE))) {
            String message = assertThrows(IllegalArgumentException.class, () -> solver.plan(rising))
                    .getMessage();
            assertTrue(message.startsWith(solver.name() + ": got noise levels 0.25 to 1."), message);
        }
        assertEquals(1, new Ddim(0).plan(rising).evaluations());
    }
}
