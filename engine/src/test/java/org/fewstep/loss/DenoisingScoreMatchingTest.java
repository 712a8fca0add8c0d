package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.MixtureDraws;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.VpPath;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DenoisingScoreMatchingTest extends EngineTest {
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {0.4, 0.6}, new double[][] {{1, -1}, {-1, 0.5}}, new double[] {0.5, 0.3});
    private static final List<NoiseSchedule> SCHEDULES = List.of(
            LinearPath.NOISE_AT_ZERO, LinearPath.NOISE_AT_ONE, new CosinePath(), new VpPath(), new EdmSchedule());
    private static final List<DenoisingWeight> WEIGHTS =
            List.of(new DenoisingWeight.Velocity(), new DenoisingWeight.Likelihood(), new DenoisingWeight.Edm(0.5));
    private static final double[] TIMES = {0.1, 0.37, 0.6, 0.93};

    private Tensor normal(int count, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * count, step), count, 2);
    }

    private static DenoisingScoreMatching loss(NoiseSchedule schedule, Prediction prediction, DenoisingWeight weight) {
        return new DenoisingScoreMatching(schedule, prediction, weight, FlowMatching.Config.UNCONDITIONAL);
    }

    /** The exact x0 with an error, as a network of any prediction. */
    private static PredictionNet net(NoiseSchedule schedule, Prediction prediction, double factor, double shift) {
        return (x, t, cond) -> {
            PathCoefficients at = PathCoefficients.of(schedule, t.toDoubles());
            Tensor x0 = Ops.scaleShift(DATA.x0(x, at), factor, shift);
            return Prediction.X0.to(prediction, x0, x, at);
        };
    }

    @Test
    void weightMeansTheSameWhateverIsPredicted() {
        for (NoiseSchedule schedule : SCHEDULES) {
            for (DenoisingWeight weight : WEIGHTS) {
                double[] first = null;
                for (Prediction prediction : Prediction.values()) {
                    DenoisingScoreMatching loss = loss(schedule, prediction, weight);
                    DenoisingScoreMatching.Draw draw = loss.draw(normal(4, 1), normal(4, 2), TIMES, null);
                    double[] all = loss.loss(net(schedule, prediction, 0.8, 0.1), draw)
                            .perSample()
                            .toDoubles();
                    first = first == null ? all : first;
                    for (int i = 0; i < all.length; i++) {
                        assertEquals(1, all[i] / first[i], 1e-9, schedule + " " + weight + " " + prediction);
                    }
                }
            }
        }
    }

    @Test
    void weightsAreTheirFormulas() {
        NoiseSchedule schedule = new CosinePath();
        double t = 0.3;
        double alpha = schedule.alpha(t);
        double sigma = schedule.sigma(t);
        double d = schedule.dAlpha(t) / alpha * sigma * sigma - sigma * schedule.dSigma(t);
        assertEquals(d * d / (sigma * sigma), WEIGHTS.get(0).at(Prediction.EPS, schedule, t), 1e-12);
        assertEquals(d / (sigma * sigma), WEIGHTS.get(1).at(Prediction.SCORE, schedule, t), 1e-12);
        assertEquals(1, WEIGHTS.get(0).at(Prediction.V, schedule, t));
        double edm = (4 + 0.25) / (4 * 0.25);
        assertEquals(edm, WEIGHTS.get(2).at(Prediction.X0, new EdmSchedule(), 2), 1e-14);
        assertEquals(1, new DenoisingWeight.Uniform().at(Prediction.X0, schedule, 1));
    }

    @Test
    void edmLossIsThePapers() {
        NoiseSchedule schedule = new EdmSchedule();
        DenoisingScoreMatching loss = loss(schedule, Prediction.X0, new DenoisingWeight.Edm(0.5));
        double[] sigma = {0.01, 0.5, 3, 80};
        DenoisingScoreMatching.Draw draw = loss.draw(normal(4, 1), normal(4, 2), sigma, null);
        LossResult result = loss.loss((x, t, cond) -> Ops.scale(x, 0.25), draw);
        double[] y = normal(4, 1).toDoubles();
        double[] n = normal(4, 2).toDoubles();
        double total = 0;
        double plain = 0;
        for (int i = 0; i < 8; i++) {
            double s = sigma[i / 2];
            double error = 0.25 * (y[i] + s * n[i]) - y[i];
            total += (s * s + 0.25) / (s * s * 0.25) * error * error / 8;
            plain += error * error / 8;
        }
        assertEquals(total, result.total().item(), 1e-12 * total);
        assertEquals(plain, result.error().item(), 1e-12 * plain);
    }

    /** The derivative of the loss along a scaling and a shift of the exact prediction is 0 in expectation. */
    @Test
    void exactPredictionIsTheMinimiser() {
        int count = 20000;
        Batch batch = new Batch(Tensor.of(device, DType.F64, MixtureDraws.of(DATA, rng, count), count, 2), null);
        NoiseSchedule schedule = new CosinePath();
        FlowMatching.Config config =
                new FlowMatching.Config((source, step, size) -> middle(source.uniform(0, size, step)), 0, 0);
        for (Prediction prediction : Prediction.values()) {
            DenoisingScoreMatching loss =
                    new DenoisingScoreMatching(schedule, prediction, new DenoisingWeight.Velocity(), config);
            DenoisingScoreMatching.Draw draw = loss.draw(batch, rng, 0);
            double[][] slopes = {
                slope(loss, draw, net(schedule, prediction, 1.01, 0), net(schedule, prediction, 0.99, 0)),
                slope(loss, draw, net(schedule, prediction, 1, 0.01), net(schedule, prediction, 1, -0.01))
            };
            for (double[] slope : slopes) {
                assertTrue(Math.abs(Statistics.deviations(slope)) < 3, prediction + " " + Statistics.deviations(slope));
            }
            double[] wrong = slope(loss, draw, net(schedule, prediction, 1.2, 0), net(schedule, prediction, 1.1, 0));
            assertTrue(Statistics.deviations(wrong) > 5, prediction + " away from it");
        }
    }

    private static double[] middle(double[] u) {
        return Arrays.stream(u).map(x -> 0.1 + 0.8 * x).toArray();
    }

    private static double[] slope(
            DenoisingScoreMatching loss, DenoisingScoreMatching.Draw draw, PredictionNet up, PredictionNet down) {
        double[] above = loss.loss(up, draw).perSample().toDoubles();
        double[] below = loss.loss(down, draw).perSample().toDoubles();
        double[] difference = new double[above.length];
        Arrays.setAll(difference, i -> above[i] - below[i]);
        return difference;
    }

    @Test
    void slicesMakeTheWhole() {
        DenoisingScoreMatching loss = loss(new VpPath(), Prediction.EPS, new DenoisingWeight.Likelihood());
        DenoisingScoreMatching.Draw draw = loss.draw(new Batch(normal(5, 1), null), rng, 0);
        PredictionNet net = (x, t, cond) -> Ops.tanh(x);
        double[] whole = loss.loss(net, draw).perSample().toDoubles();
        double[] part = loss.loss(net, loss.slice(draw, 2, 5)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 5), part);
    }

    @Test
    void endsWithoutALossAreRefused() {
        Tensor x = normal(1, 1);
        double[] clean = {1};
        for (DenoisingWeight weight : WEIGHTS) {
            DenoisingScoreMatching loss = loss(LinearPath.NOISE_AT_ZERO, Prediction.X0, weight);
            String message = assertThrows(IllegalArgumentException.class, () -> loss.draw(x, x, clean, null))
                    .getMessage();
            assertTrue(message.startsWith("denoising score matching: got weight"), message);
        }
        DenoisingScoreMatching plain = loss(LinearPath.NOISE_AT_ZERO, Prediction.X0, new DenoisingWeight.Uniform());
        assertEquals(
                0,
                plain.loss((y, t, cond) -> y, plain.draw(x, x, clean, null))
                        .total()
                        .item());
        assertThrows(IllegalArgumentException.class, () -> new DenoisingWeight.Edm(0));
        assertThrows(IllegalArgumentException.class, () -> new DenoisingWeight.Edm(Double.POSITIVE_INFINITY));
    }
}
