package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.Gamma;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.MixtureDraws;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.solver.InterpolantSde.LastStep;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the diffusion, the samplers' states at the end have the law of the exact mixture. */
class SdeMarginalsTest extends EngineTest {
    private static final int COUNT = 2000;
    private static final int STEPS = 100;
    private static final double[] DIFFUSIONS = {0, 0.2, 1};
    private static final GaussianMixture SOURCE = new GaussianMixture(
            new double[] {0.6, 0.4}, new double[][] {{-1, -0.5}, {0.5, 2}}, new double[] {0.5, 0.7});
    private static final GaussianMixture DATA = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2},
            new double[][] {{1.5, -0.5}, {-1, 1}, {0.2, -1.8}},
            new double[] {0.4, 0.5, 0.3});

    /** The numbers compared: the two coordinates, their squares and product, and three waves. */
    private static double[] features(double x, double y) {
        return new double[] {
            x, y, x * x, y * y, x * y, Math.cos(2 * x), Math.cos(2 * y + 0.5), Math.cos(1.5 * x - 1.5 * y)
        };
    }

    /** The same in expectation for a mixture of components N(m, s^2 I) seen at alpha x0 + sigma eps. */
    private static double[] expected(GaussianMixture law, double alpha, double sigma) {
        double[] all = new double[8];
        for (int k = 0; k < law.stds().length; k++) {
            double w = law.weights()[k];
            double x = alpha * law.means()[k][0];
            double y = alpha * law.means()[k][1];
            double v = alpha * alpha * law.stds()[k] * law.stds()[k] + sigma * sigma;
            double[] of = {
                x,
                y,
                x * x + v,
                y * y + v,
                x * y,
                Math.exp(-2 * v) * Math.cos(2 * x),
                Math.exp(-2 * v) * Math.cos(2 * y + 0.5),
                Math.exp(-2.25 * v) * Math.cos(1.5 * x - 1.5 * y)
            };
            for (int i = 0; i < all.length; i++) {
                all[i] += w * of[i];
            }
        }
        return all;
    }

    /** The largest difference of a mean from its expectation, in standard errors. */
    private static double deviations(Tensor states, double[] expected) {
        double[] x = states.toDoubles();
        double[] sum = new double[expected.length];
        double[] squares = new double[expected.length];
        for (int i = 0; i < COUNT; i++) {
            double[] f = features(x[2 * i], x[2 * i + 1]);
            for (int j = 0; j < f.length; j++) {
                sum[j] += f[j] / COUNT;
                squares[j] += f[j] * f[j] / COUNT;
            }
        }
        double largest = 0;
        for (int j = 0; j < sum.length; j++) {
            double error = Math.sqrt((squares[j] - sum[j] * sum[j]) / COUNT);
            largest = Math.max(largest, Math.abs(sum[j] - expected[j]) / error);
        }
        return largest;
    }

    private Tensor draws(GaussianMixture law) {
        return Tensor.of(device, DType.F64, MixtureDraws.of(law, rng, COUNT), COUNT, 2);
    }

    static Stream<Arguments> onePaths() {
        return Stream.of(
                Arguments.of(LinearPath.NOISE_AT_ZERO, SdeScheme.EULER_MARUYAMA),
                Arguments.of(LinearPath.NOISE_AT_ONE, SdeScheme.HEUN),
                Arguments.of(new CosinePath(), SdeScheme.HEUN));
    }

    @ParameterizedTest
    @MethodSource("onePaths")
    void fromNoiseToData(Path path, SdeScheme scheme) {
        double to = path.dataTime() + 0.1 * (path.noiseTime() - path.dataTime());
        TimeGrid grid = TimeGrid.uniform(path, STEPS, path.noiseTime(), to);
        double[] law = expected(DATA, path.alpha(to), path.sigma(to));
        Field velocity = (x, point) -> DATA.v(x, PathCoefficients.of(path, point.t()));
        for (double diffusion : DIFFUSIONS) {
            InterpolantSde solver = new InterpolantSde(DiffusionForm.CONSTANT, diffusion, scheme, LastStep.NONE, 1);
            Tensor start = draws(GaussianMixture.standardNormal(2));
            Tensor end = Sampler.run(solver.plan(grid), velocity, start, NoiseSource.seeded(rng.stream("sde"), 0));
            double off = deviations(end, law);
            assertTrue(off < 4, path + " " + diffusion + ": " + off);
        }
    }

    static Stream<Arguments> bridges() {
        return Stream.of(
                Arguments.of(new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN), true),
                Arguments.of(new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN), false),
                Arguments.of(new StochasticInterpolant(InterpolantMean.TRIG, Gamma.SQRT_2), true),
                Arguments.of(new StochasticInterpolant(InterpolantMean.ENCODING_DECODING, Gamma.SINE_SQUARED), true));
    }

    @ParameterizedTest
    @MethodSource("bridges")
    void betweenTwoMixtures(StochasticInterpolant bridge, boolean rising) {
        TwoSidedMixture exact = new TwoSidedMixture(SOURCE, DATA, bridge);
        Field drift = (x, point) -> exact.drift(x, point.t());
        Field score = (x, point) -> exact.score(x, point.t());
        TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, STEPS, rising ? 0 : 1, rising ? 1 : 0);
        double[] law = expected(rising ? DATA : SOURCE, 1, 0);
        for (double eps : DIFFUSIONS) {
            BridgeSde solver = new BridgeSde(eps, SdeScheme.EULER_MARUYAMA);
            Field whole = solver.field(drift, score, grid);
            Tensor start = draws(rising ? SOURCE : DATA);
            NoiseSource noise = NoiseSource.seeded(rng.stream("sde"), 0);
            double off = deviations(Sampler.run(solver.plan(grid), whole, start, noise), law);
            assertTrue(off < 4, bridge + " " + eps + ": " + off);
            if (eps == 1) {
                double without = deviations(Sampler.run(solver.plan(grid), drift, start, noise), law);
                assertTrue(without > 10, bridge + " without the score: " + without);
            }
        }
    }

    /** A diffusion of the bridge's width leaves the marginals too, and asks for eta alone. */
    @ParameterizedTest
    @MethodSource("bridges")
    void ofTheWidthOfTheBridge(StochasticInterpolant bridge, boolean rising) {
        TwoSidedMixture exact = new TwoSidedMixture(SOURCE, DATA, bridge);
        Field drift = (x, point) -> exact.drift(x, point.t());
        Field eta = (x, point) -> Ops.neg(exact.eta(x, point.t()));
        TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, STEPS, rising ? 0 : 1, rising ? 1 : 0);
        double[] law = expected(rising ? DATA : SOURCE, 1, 0);
        for (double norm : DIFFUSIONS) {
            BridgeSde solver = new BridgeSde(new BridgeDiffusion.Width(norm, bridge), SdeScheme.EULER_MARUYAMA);
            Field whole = solver.latentField(drift, eta, bridge, grid);
            Tensor start = draws(rising ? SOURCE : DATA);
            NoiseSource noise = NoiseSource.seeded(rng.stream("sde"), 0);
            double off = deviations(Sampler.run(solver.plan(grid), whole, start, noise), law);
            assertTrue(off < 4, bridge + " " + norm + ": " + off);
            if (norm == 1) {
                double without = deviations(Sampler.run(solver.plan(grid), drift, start, noise), law);
                assertTrue(without > 10, bridge + " without eta: " + without);
            }
        }
    }

    @Test
    void stepsOfOneAndFew() {
        StochasticInterpolant bridge = new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN);
        TwoSidedMixture exact = new TwoSidedMixture(SOURCE, DATA, bridge);
        for (SdeScheme scheme : SdeScheme.values()) {
            for (int steps : new int[] {1, 2, 3, 5}) {
                // The whole of [0, 1], where gamma' is infinite and the drift is not.
                TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, steps);
                BridgeSde solver = new BridgeSde(0.2, scheme);
                StepPlan plan = solver.plan(grid);
                assertEquals(Prediction.V, plan.field());
                Field field = solver.field(
                        (x, point) -> exact.drift(x, point.t()), (x, point) -> exact.score(x, point.t()), grid);
                for (double x : Sampler.run(plan, field, draws(SOURCE), NoiseSource.seeded(rng, 0))
                        .toDoubles()) {
                    assertTrue(Double.isFinite(x), scheme + " " + steps);
                }
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new BridgeSde(-1, SdeScheme.HEUN));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InterpolantSde(DiffusionForm.SIGMA, Double.NaN, SdeScheme.HEUN, LastStep.MEAN, 0.04));
    }
}
