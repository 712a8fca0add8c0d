package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.gatherRows;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.LinearPath;
import org.fewstep.path.TimePairs;
import org.fewstep.path.UniformPairs;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What the plain two-time variant learns of Gaussian data, and what its corrected form learns. */
class TwoTimePredictionTest extends EngineTest {
    private static final double STD = 0.5;
    /** Midpoints of the unit interval: expectations over times are their means, with an error of 1 / N^2. */
    private static final int N = 60;

    private static TwoTimePrediction loss(double lambda, TwoTimePrediction.Agreement agreement) {
        return new TwoTimePrediction(new TwoTimePrediction.Config(UniformTimes.UNIT, lambda, agreement, 0, 0));
    }

    private static double midpoint(int i) {
        return (i + 0.5) / N;
    }

    /** All pairs of midpoints, each with two samples that have the second moments of N(0, STD^2) and N(0, 1). */
    private TwoTimePrediction.Draw everyPair(TwoTimePrediction loss) {
        int count = 2 * N * N;
        double[] x0 = new double[count];
        double[] eps = new double[count];
        double[] t = new double[count];
        double[] s = new double[count];
        for (int i = 0; i < count; i++) {
            t[i] = midpoint(i / 2 / N);
            s[i] = midpoint(i / 2 % N);
            x0[i] = i % 2 == 0 ? STD * Math.sqrt(2) : 0;
            eps[i] = i % 2 == 0 ? 0 : Math.sqrt(2);
        }
        return loss.draw(column(x0), column(eps), t, s, null);
    }

    private Tensor column(double... values) {
        return Tensor.of(device, DType.F64, values, values.length, 1);
    }

    /** Gradient of the expected loss for each number k(t) of f(x, t) = k(t) x. */
    private double[] gradient(double lambda, TwoTimePrediction.Agreement agreement, DoubleUnaryOperator k) {
        double[] table = new double[N];
        Arrays.setAll(table, i -> k.applyAsDouble(midpoint(i)));
        Tensor leaf = column(table).requireGrad();
        PredictionNet net = (x, t, cond) -> {
            int[] row = Arrays.stream(t.toDoubles())
                    .mapToInt(time -> (int) (time * N))
                    .toArray();
            return mul(x, gatherRows(leaf, row));
        };
        TwoTimePrediction loss = loss(lambda, agreement);
        Tensor total = loss.loss(net, everyPair(loss)).total();
        return Grad.of(total, List.of(leaf)).get(0).toDoubles();
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0) * N;
    }

    @Test
    void theOptimumHasNoGradient() {
        for (double lambda : new double[] {0, 1, 2.5}) {
            TwoTimeOptimum optimum = new TwoTimeOptimum(STD, lambda);
            double there = largest(gradient(lambda, TwoTimePrediction.Agreement.SYMMETRIC, optimum::k));
            assertTrue(there < 1e-3, "lambda " + lambda + ": " + there);
        }
    }

    @Test
    void neitherTheFlowMapNorTheDenoiserIsItsOptimum() {
        TwoTimeOptimum optimum = new TwoTimeOptimum(STD, 1);
        assertTrue(largest(gradient(1, TwoTimePrediction.Agreement.SYMMETRIC, optimum::flowMap)) > 1);
        assertTrue(largest(gradient(1, TwoTimePrediction.Agreement.TOWARDS_CLEANER, optimum::flowMap)) > 1);
        assertTrue(largest(gradient(1, TwoTimePrediction.Agreement.SYMMETRIC, optimum::denoiser)) > 0.1);
    }

    @Test
    void withoutAgreementItIsTheDenoiser() {
        TwoTimeOptimum optimum = new TwoTimeOptimum(STD, 0);
        for (double t : new double[] {0, 0.3, 0.9, 1}) {
            assertEquals(optimum.denoiser(t), optimum.k(t), 1e-14);
        }
        assertTrue(largest(gradient(0, TwoTimePrediction.Agreement.SYMMETRIC, optimum::denoiser)) < 1e-12);
    }

    @Test
    void samplesOfTheOptimumAreTooNarrow() {
        assertEquals(0.062, new TwoTimeOptimum(0.5, 1).k(1), 1e-3); // for 0.5
        assertEquals(0.20, new TwoTimeOptimum(1.3, 2.5).k(1), 1e-2); // for 1.3
        assertEquals(1.3, new TwoTimeOptimum(1.3, 2.5).flowMap(1), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> new TwoTimeOptimum(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new TwoTimeOptimum(1, -1));
    }

    /** u of the exact map X = S_t / S_s x, S^2 = (1 - t)^2 c^2 + t^2. */
    private record GaussianMap(double std) implements FlowMapNet {
        @Override
        public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
            Tensor s = PerSampleColumn.of(from, x);
            Tensor t = PerSampleColumn.of(to, x);
            return mul(x, div(scaleShift(div(deviation(t), deviation(s)), 1, -1), sub(t, s)));
        }

        private Tensor deviation(Tensor t) {
            return sqrt(add(scale(square(scaleShift(t, -1, 1)), std * std), square(t)));
        }
    }

    @Test
    void theCorrectedFormHasNoErrorAtTheFlowMap() {
        MapLoss.Config config =
                new MapLoss.Config(LinearPath.NOISE_AT_ONE, new UniformPairs(UniformPairs.Order.FALLING), 0, 0);
        SemigroupMatching loss = new SemigroupMatching(config, MidTime.UNIFORM, SemigroupMatching.Space.VELOCITY);
        FlowMapNet map = new GaussianMap(STD);
        TimePairs times = new TimePairs(new double[] {1, 0.8, 0.4}, new double[] {0, 0.1, 0.2});
        Tensor x0 = column(0.3, -0.7, 1.1);
        Tensor eps = column(-0.2, 0.9, 0.4);
        LossResult result = loss.loss(
                new SemigroupMatching.Nets(map, map, null),
                loss.draw(x0, eps, times, new double[] {0.3, 0.5, 0.8}, null));
        assertEquals(0, result.total().item(), 1e-25);
    }

    @Test
    void onlyTheNoisierPredictionMovesTowardsTheCleaner() {
        Tensor k = column(0.3).requireGrad();
        PredictionNet net = (x, t, cond) -> mul(PerSampleColumn.of(t, x), k); // f(x, t) = k t
        TwoTimePrediction symmetric = loss(1, TwoTimePrediction.Agreement.SYMMETRIC);
        TwoTimePrediction stopped = loss(1, TwoTimePrediction.Agreement.TOWARDS_CLEANER);
        Tensor x0 = column(0, 0);
        double[] t = {0.9, 0.2};
        double[] s = {0.5, 0.6};
        // Beside 2 k (t^2 + s^2) of the first terms: 2 k (t - s)^2, or 2 k |t - s| max(t, s).
        double first = 2 * 0.3 * (0.81 + 0.25 + 0.04 + 0.36) / 2;
        assertEquals(
                first + 2 * 0.3 * (0.16 + 0.16) / 2,
                Grad.of(symmetric.loss(net, symmetric.draw(x0, x0, t, s, null)).total(), List.of(k))
                        .get(0)
                        .item(),
                1e-14);
        assertEquals(
                first + 2 * 0.3 * (0.4 * 0.9 + 0.4 * 0.6) / 2,
                Grad.of(stopped.loss(net, stopped.draw(x0, x0, t, s, null)).total(), List.of(k))
                        .get(0)
                        .item(),
                1e-14);
    }

    @Test
    void aSliceIsThatPartOfTheDraw() {
        TwoTimePrediction loss = loss(0.7, TwoTimePrediction.Agreement.TOWARDS_CLEANER);
        Batch batch = new Batch(column(rng.normal(0, 6, 0)), null);
        TwoTimePrediction.Draw draw = loss.draw(batch, rng, 2);
        PredictionNet net = (x, t, cond) -> mul(x, PerSampleColumn.of(t, x));
        double[] all = loss.loss(net, draw).perSample().toDoubles();
        assertArrayEquals(
                Arrays.copyOfRange(all, 2, 5),
                loss.loss(net, loss.slice(draw, 2, 5)).perSample().toDoubles(),
                1e-14);
    }
}
