package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TwoSidedMixtureTest extends EngineTest {
    private static final GaussianMixture LEFT = new GaussianMixture(
            new double[] {0.3, 0.7}, new double[][] {{1, -0.5}, {-1.2, 0.4}}, new double[] {0.4, 0.6});
    private static final GaussianMixture RIGHT = new GaussianMixture(
            new double[] {0.5, 0.2, 0.3}, new double[][] {{0, 2}, {1, 1}, {-2, -1}}, new double[] {0.3, 0.5, 0.2});
    private static final double[] TIMES = {0.2, 0.45, 0.9};

    private Tensor x() {
        return Tensor.of(device, DType.F64, new double[] {0.3, -0.2, -1, 0.8, 0.1, 1.4}, 3, 2);
    }

    private static TwoSidedMixture model(InterpolantMean mean, Gamma gamma) {
        return new TwoSidedMixture(LEFT, RIGHT, new StochasticInterpolant(mean, gamma));
    }

    @Test
    void aNormalSourceIsTheOneSidedPath() {
        GaussianMixture normal = new GaussianMixture(new double[] {1}, new double[][] {{0, 0}}, new double[] {1});
        TwoSidedMixture model =
                new TwoSidedMixture(normal, RIGHT, new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.ZERO));
        PathCoefficients at = PathCoefficients.of(LinearPath.NOISE_AT_ZERO, TIMES);
        assertArrayEquals(RIGHT.v(x(), at).toDoubles(), model.drift(x(), TIMES).toDoubles(), 1e-12);
        assertArrayEquals(
                RIGHT.v(x(), at).toDoubles(), model.velocity(x(), TIMES).toDoubles(), 1e-12);
        assertArrayEquals(
                RIGHT.score(x(), at).toDoubles(), model.score(x(), TIMES).toDoubles(), 1e-12);
        assertArrayEquals(RIGHT.x0(x(), at).toDoubles(), model.x1(x(), TIMES).toDoubles(), 1e-12);
        assertArrayEquals(RIGHT.eps(x(), at).toDoubles(), model.x0(x(), TIMES).toDoubles(), 1e-12);
        assertArrayEquals(
                RIGHT.logDensity(x(), at).toDoubles(),
                model.logDensity(x(), TIMES).toDoubles(),
                1e-12);
    }

    @Test
    void aNormalSourceMakesTheInterpolantsPathsToo() {
        GaussianMixture normal = GaussianMixture.standardNormal(2);
        for (Gamma gamma : new Gamma[] {Gamma.BROWNIAN, Gamma.SQRT_2}) {
            Path path = gamma == Gamma.BROWNIAN ? new BrownianPath() : new LinearVpPath();
            TwoSidedMixture model =
                    new TwoSidedMixture(normal, RIGHT, new StochasticInterpolant(InterpolantMean.LINEAR, gamma));
            PathCoefficients at = PathCoefficients.of(path, TIMES);
            assertArrayEquals(
                    RIGHT.v(x(), at).toDoubles(), model.drift(x(), TIMES).toDoubles(), 1e-12);
            assertArrayEquals(
                    RIGHT.score(x(), at).toDoubles(), model.score(x(), TIMES).toDoubles(), 1e-12);
        }
    }

    @Test
    void theBrownianPathIsInvertedByItsRatio() {
        BrownianPath path = new BrownianPath();
        for (double t : new double[] {0, 1e-3, 0.4, 0.99, 1}) {
            assertEquals(t, path.timeAtSnr(path.alpha(t) / path.sigma(t)), 1e-14);
        }
    }

    @Test
    void fieldsFitTogether() {
        for (InterpolantMean mean : InterpolantMean.values()) {
            for (Gamma gamma : Gamma.values()) {
                TwoSidedMixture model = model(mean, gamma);
                if (mean == InterpolantMean.ENCODING_DECODING && gamma == Gamma.ZERO) {
                    continue; // A point mass at t = 1/2.
                }
                double[] x0 = model.x0(x(), TIMES).toDoubles();
                double[] x1 = model.x1(x(), TIMES).toDoubles();
                double[] eta = model.eta(x(), TIMES).toDoubles();
                double[] score = model.score(x(), TIMES).toDoubles();
                double[] drift = model.drift(x(), TIMES).toDoubles();
                double[] velocity = model.velocity(x(), TIMES).toDoubles();
                double[] x = x().toDoubles();
                for (int i = 0; i < x.length; i++) {
                    double t = TIMES[i / 2];
                    Bridge b = model.bridge();
                    String what = mean + " " + gamma + " " + t;
                    assertEquals(x[i], b.source(t) * x0[i] + b.data(t) * x1[i] + b.noise(t) * eta[i], 1e-12, what);
                    assertEquals(-b.noise(t) * score[i], eta[i], 1e-12, what);
                    assertEquals(b.dSource(t) * x0[i] + b.dData(t) * x1[i], velocity[i], 1e-11, what);
                    assertEquals(velocity[i] + b.dNoise(t) * eta[i], drift[i], 1e-11, what);
                }
            }
        }
    }

    @Test
    void densityMovesWithTheDrift() {
        // d ln p / dt = -div b - b . score, by central differences.
        double h = 1e-5;
        for (InterpolantMean mean : InterpolantMean.values()) {
            TwoSidedMixture model = model(mean, Gamma.SINE_SQUARED);
            for (double t : TIMES) {
                double[] x = {0.3, -0.2};
                double divergence = 0;
                double product = 0;
                for (int j = 0; j < 2; j++) {
                    double[] up = x.clone();
                    double[] down = x.clone();
                    up[j] += h;
                    down[j] -= h;
                    divergence += (drift(model, up, t)[j] - drift(model, down, t)[j]) / (2 * h);
                    double score = (logDensity(model, up, t) - logDensity(model, down, t)) / (2 * h);
                    assertEquals(score, model.score(row(x), t).toDoubles()[j], 1e-7);
                    product += drift(model, x, t)[j] * score;
                }
                double change = (logDensity(model, x, t + h) - logDensity(model, x, t - h)) / (2 * h);
                assertEquals(-divergence - product, change, 1e-6 * Math.max(1, Math.abs(change)), mean + " " + t);
            }
        }
    }

    private Tensor row(double[] x) {
        return Tensor.of(device, DType.F64, x, 1, 2);
    }

    private double[] drift(TwoSidedMixture model, double[] x, double t) {
        return model.drift(row(x), t).toDoubles();
    }

    private double logDensity(TwoSidedMixture model, double[] x, double t) {
        return model.logDensity(row(x), t).toDoubles()[0];
    }

    @Test
    void coefficientsHaveTheirDerivatives() {
        double h = 1e-6;
        for (InterpolantMean mean : InterpolantMean.values()) {
            for (Gamma gamma : Gamma.values()) {
                Bridge b = new StochasticInterpolant(mean, gamma);
                for (double t : TIMES) {
                    String what = b.name() + " " + t;
                    assertEquals((b.source(t + h) - b.source(t - h)) / (2 * h), b.dSource(t), 1e-8, what);
                    assertEquals((b.data(t + h) - b.data(t - h)) / (2 * h), b.dData(t), 1e-8, what);
                    assertEquals((b.noise(t + h) - b.noise(t - h)) / (2 * h), b.dNoise(t), 1e-8, what);
                    assertEquals(b.noise(t) * b.dNoise(t), b.halfDVariance(t), 1e-12, what);
                }
                assertEquals(0, b.noise(0), 0);
                assertEquals(0, b.noise(1), 1e-15);
                assertEquals(1, b.source(0), 1e-15);
                assertEquals(1, b.data(1), 1e-15);
                assertEquals(0, b.data(0), 1e-15);
                assertEquals(0, b.source(1), 1e-15);
            }
        }
    }

    @Test
    void driftIsFiniteAtTheEnds() {
        for (Gamma gamma : Gamma.values()) {
            for (double t : new double[] {0, 1}) {
                for (double v : model(InterpolantMean.TRIG, gamma).drift(x(), t).toDoubles()) {
                    assertTrue(Double.isFinite(v), gamma + " " + t);
                }
            }
        }
    }

    @Test
    void badInputIsNamed() {
        GaussianMixture line = new GaussianMixture(new double[] {1}, new double[][] {{0}}, new double[] {1});
        Bridge bridge = new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.ZERO);
        refused("dimension", () -> new TwoSidedMixture(line, RIGHT, bridge));
        refused("times", () -> new TwoSidedMixture(LEFT, RIGHT, bridge).drift(x(), 0.1, 0.2));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
