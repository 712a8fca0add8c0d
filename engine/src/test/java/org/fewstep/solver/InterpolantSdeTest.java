package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.VpPath;
import org.fewstep.solver.InterpolantSde.LastStep;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InterpolantSdeTest extends EngineTest {
    private static final double MEAN = 0.7;
    private static final double STD = 0.4;
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {1}, new double[][] {{MEAN}}, new double[] {STD});
    private static final Path PATH = LinearPath.NOISE_AT_ZERO;

    private static Field velocity(Path path) {
        return (x, point) -> DATA.v(x, PathCoefficients.of(path, point.t()));
    }

    private Tensor noise(int samples) {
        return Noise.normal(device, DType.F64, new Rng(5), 0, 0, Shape.of(samples, 1));
    }

    private static NoiseSource source() {
        return NoiseSource.seeded(new Rng(9), 0);
    }

    @Test
    void noDiffusionIsTheOde() {
        for (SdeScheme scheme : new SdeScheme[] {SdeScheme.EULER_MARUYAMA, SdeScheme.HEUN}) {
            InterpolantSde sde = new InterpolantSde(DiffusionForm.CONSTANT, 0, scheme, LastStep.NONE, 0.1);
            Solver ode = scheme == SdeScheme.HEUN ? new Heun() : new Euler();
            TimeGrid grid = TimeGrid.uniform(PATH, 6, 0, 0.9);
            Tensor start = noise(4);
            assertArrayEquals(
                    Sampler.run(ode.plan(grid), velocity(PATH), start).toDoubles(),
                    Sampler.run(sde.plan(grid), velocity(PATH), start, source()).toDoubles(),
                    1e-14);
        }
    }

    @Test
    void everyDiffusionKeepsTheMarginals() {
        int samples = 8_000;
        for (DiffusionForm form : DiffusionForm.values()) {
            for (double norm : new double[] {0, 0.2, 1}) {
                InterpolantSde sde = new InterpolantSde(form, norm, SdeScheme.HEUN, LastStep.NONE, 0.1);
                TimeGrid grid = TimeGrid.uniform(PATH, 150, form == DiffusionForm.SBDM ? 0.05 : 0, 0.9);
                // At the start the law is that of alpha x0 + sigma eps; for one Gaussian a shifted and scaled normal.
                double from = grid.point(0).t();
                double[] unit = noise(samples).toDoubles();
                for (int i = 0; i < samples; i++) {
                    unit[i] = from * MEAN + Math.hypot(from * STD, 1 - from) * unit[i];
                }
                Tensor start = Tensor.of(device, DType.F64, unit, samples, 1);
                double[] x = Sampler.run(sde.plan(grid), velocity(PATH), start, source())
                        .toDoubles();
                double std = Math.hypot(0.9 * STD, 0.1);
                String what = form + " " + norm;
                // Five standard errors, and the bias of 150 steps.
                assertEquals(0.9 * MEAN, mean(x), 5 * std / Math.sqrt(samples) + 0.005, what);
                assertEquals(std, std(x), 5 * std / Math.sqrt(2.0 * samples) + 0.01, what);
            }
        }
    }

    private static double mean(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v;
        }
        return sum / x.length;
    }

    private static double std(double[] x) {
        double mean = mean(x);
        double sum = 0;
        for (double v : x) {
            sum += (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / x.length);
    }

    @Test
    void directionOfTimeDoesNotMatter() {
        InterpolantSde sde = new InterpolantSde(DiffusionForm.DECREASING, 1, SdeScheme.HEUN, LastStep.MEAN, 0.05);
        Path vp = new VpPath(0.1, 5);
        Path back = vp.reversed();
        Tensor start = noise(3);
        assertArrayEquals(
                Sampler.run(sde.plan(TimeGrid.uniform(vp, 7, 0, 0.95)), velocity(vp), start, source())
                        .toDoubles(),
                Sampler.run(sde.plan(TimeGrid.uniform(back, 7, 1, 0.05)), velocity(back), start, source())
                        .toDoubles(),
                1e-12);
    }

    @Test
    void fewStepsAreFinite() {
        for (DiffusionForm form : DiffusionForm.values()) {
            for (LastStep last : LastStep.values()) {
                for (SdeScheme scheme : SdeScheme.values()) {
                    for (int steps : new int[] {1, 2, 3, 5}) {
                        InterpolantSde sde = new InterpolantSde(form, 1, scheme, last, 0.04);
                        StepPlan plan = sde.plan(TimeGrid.uniform(PATH, steps, 1e-3, 0.96));
                        assertEquals(steps, plan.draws());
                        double x = Sampler.run(plan, velocity(PATH), noise(1), source())
                                .toDoubles()[0];
                        assertTrue(Double.isFinite(x), form + " " + last + " " + scheme + " " + steps);
                    }
                }
            }
        }
    }

    @Test
    void tweedieIsTheMeanOfTheData() {
        InterpolantSde sde = new InterpolantSde(DiffusionForm.SIGMA, 1, SdeScheme.EULER_MARUYAMA, LastStep.TWEEDIE, 1);
        InterpolantSde until = new InterpolantSde(DiffusionForm.SIGMA, 1, SdeScheme.EULER_MARUYAMA, LastStep.NONE, 1);
        TimeGrid grid = TimeGrid.uniform(PATH, 3, 0, 0.8);
        Tensor before = Sampler.run(until.plan(grid), velocity(PATH), noise(4), source());
        assertArrayEquals(
                DATA.x0(before, PathCoefficients.of(PATH, 0.8)).toDoubles(),
                Sampler.run(sde.plan(grid), velocity(PATH), noise(4), source()).toDoubles(),
                1e-13);
    }

    @Test
    void badInputIsNamed() {
        refused("norm", () -> new InterpolantSde(DiffusionForm.SIGMA, -1, SdeScheme.HEUN, LastStep.MEAN, 0.1));
        refused("last step", () -> new InterpolantSde(DiffusionForm.SIGMA, 1, SdeScheme.HEUN, LastStep.MEAN, 0));
        InterpolantSde sbdm = new InterpolantSde(DiffusionForm.SBDM, 1, SdeScheme.HEUN, LastStep.MEAN, 0.1);
        refused("coefficient", () -> sbdm.plan(TimeGrid.uniform(PATH, 3, 0, 0.9)));
        refused("path", () -> sbdm.plan(TimeGrid.of(new EdmSchedule(), 3, 1)));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
