package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.Gamma;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BridgeSdeTest extends EngineTest {
    private static final GaussianMixture SOURCE =
            new GaussianMixture(new double[] {1}, new double[][] {{-1}}, new double[] {0.5});
    private static final GaussianMixture TARGET =
            new GaussianMixture(new double[] {1}, new double[][] {{2}}, new double[] {0.3});
    private static final TwoSidedMixture MODEL =
            new TwoSidedMixture(SOURCE, TARGET, new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN));
    private static final Field DRIFT = (x, point) -> MODEL.drift(x, point.t());
    private static final Field SCORE = (x, point) -> MODEL.score(x, point.t());

    private static double mean(double t) {
        return (1 - t) * -1 + t * 2;
    }

    private static double std(double t) {
        return Math.sqrt(Math.pow((1 - t) * 0.5, 2) + Math.pow(t * 0.3, 2) + t * (1 - t));
    }

    @Test
    void marginalsHoldBothWaysInTime() {
        int samples = 20_000;
        for (double[] way : new double[][] {{0.1, 0.9}, {0.9, 0.1}}) {
            for (double eps : new double[] {0, 0.2, 1}) {
                double[] x = Noise.normal(device, DType.F64, new Rng(3), 0, 0, Shape.of(samples, 1))
                        .toDoubles();
                for (int i = 0; i < samples; i++) {
                    x[i] = mean(way[0]) + std(way[0]) * x[i];
                }
                TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, 80, way[0], way[1]);
                BridgeSde solver = new BridgeSde(eps, SdeScheme.HEUN);
                double[] end = Sampler.run(
                                solver.plan(grid),
                                solver.field(DRIFT, SCORE, grid),
                                Tensor.of(device, DType.F64, x, samples, 1),
                                NoiseSource.seeded(new Rng(4), 0))
                        .toDoubles();
                double sum = 0;
                double squares = 0;
                for (double v : end) {
                    sum += v - mean(way[1]);
                    squares += Math.pow(v - mean(way[1]), 2);
                }
                double std = std(way[1]);
                String what = way[0] + " to " + way[1] + ", eps " + eps;
                assertEquals(0, sum / samples, 5 * std / Math.sqrt(samples) + 0.005, what);
                assertEquals(std, Math.sqrt(squares / samples), 5 * std / Math.sqrt(2.0 * samples) + 0.01, what);
            }
        }
    }

    @Test
    void withoutDiffusionNothingIsDrawn() {
        TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, 5, 0.1, 0.9);
        BridgeSde solver = new BridgeSde(0, SdeScheme.HEUN);
        Tensor start = Tensor.of(device, DType.F64, new double[] {-1, 0.5}, 2, 1);
        assertEquals(0, solver.plan(grid).draws());
        assertArrayEquals(
                Sampler.run(new Heun().plan(grid), DRIFT, start).toDoubles(),
                Sampler.run(solver.plan(grid), solver.field(DRIFT, SCORE, grid), start)
                        .toDoubles(),
                1e-14);
    }

    @Test
    void fewStepsAreFinite() {
        for (SdeScheme scheme : SdeScheme.values()) {
            for (int steps : new int[] {1, 2, 3, 5}) {
                TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, steps, 0, 1);
                BridgeSde solver = new BridgeSde(0.3, scheme);
                Tensor start = Tensor.of(device, DType.F64, new double[] {-1, 0.5}, 2, 1);
                double[] end = Sampler.run(
                                solver.plan(grid),
                                solver.field(DRIFT, SCORE, grid),
                                start,
                                NoiseSource.seeded(new Rng(4), 0))
                        .toDoubles();
                assertTrue(Double.isFinite(end[0]) && Double.isFinite(end[1]), scheme + " " + steps);
            }
        }
    }

    @Test
    void badInputIsNamed() {
        String message = assertThrows(IllegalArgumentException.class, () -> new BridgeSde(-1, SdeScheme.HEUN))
                .getMessage();
        assertTrue(message.contains("eps -1.0; expected"), message);
    }
}
