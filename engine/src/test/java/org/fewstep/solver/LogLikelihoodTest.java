package org.fewstep.solver;

import static org.fewstep.op.Ops.scale;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathCoefficients;
import org.fewstep.solver.LogLikelihood.Estimate;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LogLikelihoodTest extends EngineTest {
    private static final DormandPrince FINE = new DormandPrince(1e-10, 1e-10);
    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    /** Grows by e^2 from data at 0 to noise at 1. */
    private static final Field GROWTH = (x, point) -> scale(x, 2);

    private Tensor x() {
        return Tensor.of(device, DType.F64, new double[] {0.1, -0.2, 0.3, 0.05, 0, -0.4}, 2, 1, 3);
    }

    private static double[] exact(double[] x, double std) {
        double[] log = new double[2];
        double small = std * Math.exp(-2);
        for (int i = 0; i < x.length; i++) {
            log[i / 3] += -0.5 * x[i] * x[i] / (small * small) - Math.log(small) - 0.5 * Math.log(2 * Math.PI);
        }
        return log;
    }

    @Test
    void aScaledNormalHasItsDensity() {
        for (double std : new double[] {1, 4}) {
            Estimate estimate = new LogLikelihood(new Divergence.Exact()).of(FINE, GROWTH, PATH, x(), 0, 1, std);
            assertArrayEquals(exact(x().toDoubles(), std), estimate.logDensity(), 1e-7);
            assertEquals(0.1 * Math.exp(2), estimate.latent().toDoubles()[0], 1e-8);
            assertEquals(x().shape(), estimate.latent().shape());
        }
    }

    @Test
    void signsGiveTheTraceOfADiagonalFieldAtOnce() {
        Divergence probe = Divergence.Hutchinson.rademacher(new Rng(3), 0, x());
        Estimate estimate = new LogLikelihood(probe).of(FINE, GROWTH, PATH, x(), 0, 1, 1);
        assertArrayEquals(exact(x().toDoubles(), 1), estimate.logDensity(), 1e-7);
    }

    @Test
    void hutchinsonIsRightOnAverage() {
        GaussianMixture data = new GaussianMixture(
                new double[] {0.5, 0.5}, new double[][] {{1, 0.5}, {-0.5, -1}}, new double[] {0.6, 0.8});
        int probes = 4000;
        double[] rows = new double[2 * probes];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i % 2 == 0 ? 0.4 : -0.3;
        }
        Tensor x = Tensor.of(device, DType.F64, rows, probes, 2);
        PathCoefficients at = PathCoefficients.of(PATH, 0.4);
        double exact =
                new Divergence.Exact().of(y -> data.v(y, at), x).divergence().toDoubles()[0];
        for (Divergence probe : new Divergence[] {
            Divergence.Hutchinson.rademacher(new Rng(5), 0, x), Divergence.Hutchinson.gaussian(new Rng(5), 0, x)
        }) {
            double[] estimates = probe.of(y -> data.v(y, at), x).divergence().toDoubles();
            double mean = 0;
            double squares = 0;
            for (double e : estimates) {
                mean += e / probes;
                squares += (e - exact) * (e - exact) / probes;
            }
            assertEquals(exact, mean, 4 * Math.sqrt(squares / probes));
            assertTrue(squares > 1e-6, "every probe gives the trace");
        }
    }

    @Test
    void fixedStepsTendToTheDensity() {
        LogLikelihood likelihood = new LogLikelihood(new Divergence.Exact());
        for (int steps : new int[] {1, 2, 3, 5, 100}) {
            Estimate estimate = likelihood.of(new Midpoint(), GROWTH, TimeGrid.uniform(PATH, steps, 0, 1), x(), 1);
            double error = Math.abs(exact(x().toDoubles(), 1)[0] - estimate.logDensity()[0]);
            assertTrue(steps < 100 ? error < 6 : error < 0.01, steps + " steps: " + error);
        }
    }

    @Test
    void badInputIsNamed() {
        LogLikelihood likelihood = new LogLikelihood(new Divergence.Exact());
        refused("prior", () -> likelihood.of(FINE, GROWTH, PATH, x(), 0, 1, 0));
        refused(
                "noises",
                () -> likelihood.of(new BridgeSde(1, SdeScheme.HEUN), GROWTH, TimeGrid.uniform(PATH, 3, 0, 1), x(), 1));
        Tensor wrong = Tensor.of(device, DType.F64, new double[] {1, 1}, 2, 1);
        refused(
                "probe",
                () -> new LogLikelihood(new Divergence.Hutchinson(wrong)).of(FINE, GROWTH, PATH, x(), 0, 1, 1));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
