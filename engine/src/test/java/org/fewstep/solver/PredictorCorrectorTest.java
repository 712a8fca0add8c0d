package org.fewstep.solver;

import static org.fewstep.op.Ops.slice;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.VeSchedule;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.PredictorCorrector.Corrector;
import org.fewstep.solver.PredictorCorrector.Norms;
import org.fewstep.solver.PredictorCorrector.Predictor;
import org.fewstep.solver.PredictorCorrector.Rates;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PredictorCorrectorTest extends EngineTest {
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {1}, new double[][] {{0.6, -0.3}}, new double[] {0.5});
    private static final Field SCORE = (x, point) -> DATA.score(x, PathCoefficients.of(point));

    private static PredictorCorrector sampler(Predictor predictor, Corrector corrector, Norms norms) {
        return new PredictorCorrector(predictor, corrector, 1, 0.16, false, true, norms, Rates.EXACT);
    }

    private Tensor start(int samples) {
        return Noise.normal(device, DType.F64, new Rng(1), 0, 0, Shape.of(samples, 2));
    }

    private static NoiseSource source(long first) {
        return NoiseSource.seeded(new Rng(2), first);
    }

    @Test
    void normsOfASampleLeaveItsBatchMatesAlone() {
        for (Norms norms : Norms.values()) {
            PredictorCorrector sampler = sampler(Predictor.REVERSE_DIFFUSION, Corrector.LANGEVIN, norms);
            double[] together = sampler.sample(SCORE, new VpSchedule(), 12, 1e-3, start(5), source(0))
                    .toDoubles();
            double[] alone = sampler.sample(SCORE, new VpSchedule(), 12, 1e-3, slice(start(5), 0, 3, 4), source(3))
                    .toDoubles();
            double difference = Math.abs(together[6] - alone[0]) + Math.abs(together[7] - alone[1]);
            if (norms == Norms.SAMPLE) {
                assertEquals(0, difference, 0);
            } else {
                assertTrue(difference > 1e-3, "difference " + difference);
            }
        }
    }

    @Test
    void everyNumberOfStepsIsFinite() {
        for (NoiseSchedule schedule : new NoiseSchedule[] {new VpSchedule(), new VeSchedule(0.01, 5)}) {
            for (Predictor predictor : Predictor.values()) {
                for (Corrector corrector : Corrector.values()) {
                    if (predictor == Predictor.NONE && corrector == Corrector.NONE) {
                        continue;
                    }
                    for (int steps : new int[] {1, 2, 3, 5}) {
                        double[] x = sampler(predictor, corrector, Norms.SAMPLE)
                                .sample(SCORE, schedule, steps, 1e-3, start(2), source(0))
                                .toDoubles();
                        for (double v : x) {
                            assertTrue(Double.isFinite(v), predictor + " " + corrector + " " + steps);
                        }
                    }
                }
            }
        }
    }

    @Test
    void probabilityFlowFollowsTheOde() {
        PredictorCorrector flow = new PredictorCorrector(
                Predictor.REVERSE_DIFFUSION, Corrector.NONE, 1, 0.16, true, true, Norms.SAMPLE, Rates.EXACT);
        double[] start = start(1).toDoubles();
        VpSchedule vp = new VpSchedule();
        double[] end = flow.sample(SCORE, vp, 2000, 1e-3, start(1), source(0)).toDoubles();
        // The map of a Gaussian keeps the distance from the mean in standard deviations.
        double scale = 0.5 / Math.hypot(vp.alpha(1) * 0.5, vp.sigma(1));
        assertEquals(0.6 + scale * (start[0] - vp.alpha(1) * 0.6), end[0], 0.01);
        assertEquals(-0.3 + scale * (start[1] + vp.alpha(1) * 0.3), end[1], 0.01);
    }

    @Test
    void samplesHaveTheLawOfTheData() {
        int samples = 4000;
        for (Predictor predictor : new Predictor[] {Predictor.EULER_MARUYAMA, Predictor.ANCESTRAL}) {
            double[] x = sampler(predictor, Corrector.LANGEVIN, Norms.BATCH)
                    .sample(SCORE, new VpSchedule(), 100, 1e-3, start(samples), source(0))
                    .toDoubles();
            double mean = 0;
            double squares = 0;
            for (int i = 0; i < samples; i++) {
                mean += x[2 * i] / samples;
                squares += Math.pow(x[2 * i] - 0.6, 2) / samples;
            }
            assertEquals(0.6, mean, 5 * 0.5 / Math.sqrt(samples) + 0.01, predictor.toString());
            assertEquals(0.5, Math.sqrt(squares), 0.06, predictor.toString());
        }
    }

    @Test
    void bothRatesAgreeWithManySteps() {
        double[][] ends = new double[2][];
        for (Rates rates : Rates.values()) {
            PredictorCorrector sampler = new PredictorCorrector(
                    Predictor.ANCESTRAL, Corrector.NONE, 1, 0.16, false, true, Norms.SAMPLE, rates);
            ends[rates.ordinal()] = sampler.sample(SCORE, new VpSchedule(), 1000, 1e-3, start(2), source(0))
                    .toDoubles();
        }
        assertArrayEquals(ends[0], ends[1], 0.02);
    }

    @Test
    void badInputIsNamed() {
        refused(
                "corrector steps",
                () -> new PredictorCorrector(
                        Predictor.NONE, Corrector.LANGEVIN, 0, 0.16, false, true, Norms.BATCH, Rates.EXACT));
        refused("neither", () -> sampler(Predictor.NONE, Corrector.NONE, Norms.BATCH));
        refused(
                "probability flow",
                () -> new PredictorCorrector(
                        Predictor.ANCESTRAL, Corrector.NONE, 1, 0.16, true, true, Norms.BATCH, Rates.EXACT));
        PredictorCorrector published = new PredictorCorrector(
                Predictor.ANCESTRAL, Corrector.NONE, 1, 0.16, false, true, Norms.BATCH, Rates.PUBLISHED);
        refused("rate", () -> published.sample(SCORE, new VpSchedule(), 5, 1e-3, start(1), source(0)));
        refused(
                "schedule",
                () -> sampler(Predictor.ANCESTRAL, Corrector.NONE, Norms.BATCH)
                        .sample(SCORE, LinearPath.NOISE_AT_ONE, 5, 1e-3, start(1), source(0)));
        refused(
                "time",
                () -> sampler(Predictor.ANCESTRAL, Corrector.NONE, Norms.BATCH)
                        .sample(SCORE, new VpSchedule(), 5, 0, start(1), source(0)));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
