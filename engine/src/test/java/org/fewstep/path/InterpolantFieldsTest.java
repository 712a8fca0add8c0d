package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact fields of an interpolant are one: each follows from the others as the paper says. */
class InterpolantFieldsTest extends EngineTest {
    private static final GaussianMixture DATA = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2},
            new double[][] {{1.5, -0.5}, {-1, 1}, {0.2, -1.8}},
            new double[] {0.3, 0.5, 0.2});
    private static final GaussianMixture SOURCE = new GaussianMixture(
            new double[] {0.6, 0.4}, new double[][] {{-1, -0.5}, {0.5, 2}}, new double[] {0.4, 0.7});
    private static final double[] TIMES = {0.08, 0.3, 0.61, 0.93};

    private Tensor points() {
        return Tensor.of(device, DType.F64, rng.normal(0, 8, 3), 4, 2);
    }

    static Stream<Path> paths() {
        List<Path> forward = List.of(
                LinearPath.NOISE_AT_ZERO,
                LinearPath.NOISE_AT_ONE,
                new CosinePath(),
                new LinearVpPath(),
                new PolynomialPath(2),
                new PolynomialPath(0.5),
                new VpPath(),
                new VpSchedule(0.2, 10),
                new SubVpSchedule(0.1, 20),
                new VpCosineSchedule(0.008),
                new LaplaceSchedule(0, 0.5));
        return Stream.concat(forward.stream(), forward.stream().map(Path::reversed));
    }

    private static void assertClose(double[] expected, double[] got, double bound, String what) {
        double size = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertArrayEquals(expected, got, bound * Math.max(1, size), what);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void scoreOfTheExactVelocityIsTheExactScore(Path path) {
        Tensor x = points();
        PathCoefficients at = PathCoefficients.of(path, TIMES);
        double[] score = Prediction.V.to(Prediction.SCORE, DATA.v(x, at), x, at).toDoubles();
        assertClose(DATA.score(x, at).toDoubles(), score, 1e-10, path.name());
    }

    static Stream<StochasticInterpolant> interpolants() {
        return Arrays.stream(InterpolantMean.values())
                .flatMap(mean -> Stream.of(Gamma.BROWNIAN, Gamma.SQRT_2, Gamma.SINE_SQUARED)
                        .map(gamma -> new StochasticInterpolant(mean, gamma)));
    }

    @ParameterizedTest
    @MethodSource("interpolants")
    void scoreOfTheTwoExactVelocitiesIsTheExactScore(StochasticInterpolant interpolant) {
        TwoSidedMixture exact = new TwoSidedMixture(SOURCE, DATA, interpolant);
        Tensor x = points().requireGrad();
        double[] v = exact.velocity(x, TIMES).toDoubles();
        double[] b = exact.drift(x, TIMES).toDoubles();
        double[] score = new double[v.length];
        for (int i = 0; i < v.length; i++) {
            score[i] = (v[i] - b[i]) / interpolant.halfDVariance(TIMES[i / 2]);
        }
        assertClose(exact.score(x, TIMES).toDoubles(), score, 1e-10, interpolant.name());
        Tensor density = Ops.sum(exact.logDensity(x, TIMES));
        assertClose(Grad.of(density, List.of(x)).get(0).toDoubles(), score, 1e-10, interpolant.name());
    }

    @Test
    void mirrorIsTheDataWithNoise() {
        MirrorInterpolant mirror = new MirrorInterpolant(Gamma.BROWNIAN);
        TwoSidedMixture exact = new TwoSidedMixture(SOURCE, DATA, mirror);
        Tensor x = points();
        double[] ones = {1, 1, 1, 1};
        double[] zeros = new double[4];
        double[] gamma = Arrays.stream(TIMES).map(mirror::noise).toArray();
        double[] slope = Arrays.stream(TIMES).map(mirror::dNoise).toArray();
        PathCoefficients at = new PathCoefficients(ones, gamma, zeros, slope);
        // Whatever the source is: it has no part in a mirror.
        assertClose(DATA.score(x, at).toDoubles(), exact.score(x, TIMES).toDoubles(), 1e-12, "score");
        assertClose(DATA.v(x, at).toDoubles(), exact.drift(x, TIMES).toDoubles(), 1e-12, "drift");
        assertClose(
                DATA.logDensity(x, at).toDoubles(), exact.logDensity(x, TIMES).toDoubles(), 1e-12, "density");
        assertClose(new double[8], exact.velocity(x, TIMES).toDoubles(), 0, "nothing moves but the noise");
        assertEquals(0, mirror.noise(0));
        assertEquals(0.5, mirror.halfDVariance(0));
        for (double value : exact.drift(x, 0).toDoubles()) {
            assertTrue(Double.isFinite(value));
        }
    }

    @Test
    void standardNormalIsNormal() {
        GaussianMixture normal = GaussianMixture.standardNormal(2);
        Tensor x = points();
        PathCoefficients clean =
                new PathCoefficients(new double[] {1}, new double[] {0}, new double[] {0}, new double[] {0});
        assertArrayEquals(Ops.neg(x).toDoubles(), normal.score(x, clean).toDoubles(), 1e-15);
    }
}
