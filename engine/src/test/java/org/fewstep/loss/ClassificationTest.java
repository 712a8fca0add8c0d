package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.ClassifierNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ClassificationTest extends EngineTest {
    private static final int K = 3;

    private Batch batch(int n, int... sizes) {
        Shape shape = Shape.of(sizes);
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = (2 * i + 1) % K;
        }
        return new Batch(
                Ops.reshape(Tensor.of(device, DType.F64, rng.normal(0, shape.count(), 0), shape.count()), sizes),
                labels);
    }

    private static double crossEntropy(double[] logits, double[] targets) {
        double sum = Arrays.stream(logits).map(Math::exp).sum();
        double loss = 0;
        for (int k = 0; k < logits.length; k++) {
            loss -= targets[k] * (logits[k] - Math.log(sum));
        }
        return loss;
    }

    /** A function of the samples as logits and features. */
    private record Function(UnaryOperator<Tensor> of) implements ClassifierNet {
        @Override
        public Tensor logits(Tensor x) {
            return of.apply(x);
        }

        @Override
        public Tensor features(Tensor x) {
            return of.apply(x);
        }
    }

    /** Samples are their own logits. */
    @Test
    void lossAndGradientAreThoseOfTheFormula() {
        double smoothing = 0.3;
        int n = 4;
        Batch batch = batch(n, n, K);
        Classification loss = new Classification(new Classification.Config(K, smoothing, 0));
        Classification.Draw draw = loss.draw(batch, rng, 0);
        Tensor x = batch.x0().requireGrad();
        LossResult result = loss.loss(new Function(in -> x), draw);
        double[] logits = x.toDoubles();
        double[] got = result.perSample().toDoubles();
        double[] gradient = Grad.of(result.total(), List.of(x)).get(0).toDoubles();
        double mean = 0;
        for (int i = 0; i < n; i++) {
            double[] row = Arrays.copyOfRange(logits, i * K, (i + 1) * K);
            double[] targets = new double[K];
            Arrays.fill(targets, smoothing / K);
            targets[(2 * i + 1) % K] += 1 - smoothing;
            double expected = crossEntropy(row, targets);
            assertEquals(expected, got[i], 1e-12);
            mean += expected / n;
            double sum = Arrays.stream(row).map(Math::exp).sum();
            for (int k = 0; k < K; k++) {
                assertEquals((Math.exp(row[k]) / sum - targets[k]) / n, gradient[i * K + k], 1e-12);
            }
        }
        assertEquals(mean, result.total().toDoubles()[0], 1e-12);
        assertEquals(mean, result.error().toDoubles()[0], 1e-12);
    }

    @Test
    void aSliceHasTheLossesOfItsSamples() {
        Batch batch = batch(6, 6, K);
        Classification loss = new Classification(new Classification.Config(K, 0.1, 0));
        Classification.Draw draw = loss.draw(batch, rng, 0);
        double[] all = loss.loss(new Function(x -> x), draw).perSample().toDoubles();
        double[] some = loss.loss(new Function(x -> x), loss.slice(draw, 2, 5))
                .perSample()
                .toDoubles();
        assertArrayEquals(Arrays.copyOfRange(all, 2, 5), some);
    }

    /** Each image is the old one seen from a place beside, its edge repeated; places differ and all are met. */
    @Test
    void shiftsMoveWholeImages() {
        int n = 60;
        int size = 4;
        Batch batch = batch(n, n, 2, size, size);
        double[] before = batch.x0().toDoubles();
        Tensor moved = new RandomShift(1).of(batch.x0(), rng, 7);
        double[] after = moved.toDoubles();
        Set<Integer> met = new HashSet<>();
        int image = 2 * size * size;
        for (int i = 0; i < n; i++) {
            int found = -1;
            for (int place = 0; place < 9; place++) {
                double[] expected = shifted(before, i * image, size, place / 3 - 1, place % 3 - 1);
                if (Arrays.equals(expected, Arrays.copyOfRange(after, i * image, (i + 1) * image))) {
                    found = place;
                }
            }
            assertNotEquals(-1, found, "image " + i);
            met.add(found);
        }
        assertEquals(9, met.size());
        assertArrayEquals(after, new RandomShift(1).of(batch.x0(), rng, 7).toDoubles());
        assertTrue(
                !Arrays.equals(after, new RandomShift(1).of(batch.x0(), rng, 8).toDoubles()));
        assertSame(batch.x0(), new RandomShift(0).of(batch.x0(), rng, 7));
    }

    private static double[] shifted(double[] x, int at, int size, int down, int right) {
        double[] to = new double[2 * size * size];
        for (int i = 0; i < to.length; i++) {
            int row = Math.min(Math.max(i / size % size - down, 0), size - 1);
            int column = Math.min(Math.max(i % size - right, 0), size - 1);
            to[i] = x[at + i / (size * size) * size * size + row * size + column];
        }
        return to;
    }

    @Test
    void badInputIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Classification.Config(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Classification.Config(2, 1.5, 0));
        assertThrows(IllegalArgumentException.class, () -> new Classification.Config(2, 0, -1));
        Classification loss = new Classification(new Classification.Config(K, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> loss.draw(batch(2, 2, K), rng, 0));
        Batch unlabelled = new Batch(batch(2, 2, 1, 2, 2).x0(), null);
        assertThrows(IllegalArgumentException.class, () -> loss.draw(unlabelled, rng, 0));
        Batch tooHigh = new Batch(batch(2, 2, 1, 2, 2).x0(), new int[] {0, K});
        assertThrows(IllegalArgumentException.class, () -> loss.draw(tooHigh, rng, 0));
    }
}
