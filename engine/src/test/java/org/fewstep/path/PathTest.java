package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws of every path. */
class PathTest extends EngineTest {
    static List<Path> paths() {
        List<Path> forward = List.of(
                LinearPath.NOISE_AT_ZERO,
                LinearPath.NOISE_AT_ONE,
                new PolynomialPath(3),
                new PolynomialPath(0.5),
                new VpPath(),
                new VpPath(2, 2),
                new LinearVpPath(),
                new CosinePath());
        return java.util.stream.Stream.concat(forward.stream(), forward.stream().map(Path::reversed))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void derivativesAreThoseOfTheCoefficients(Path path) {
        double h = 1e-5;
        for (double t : new double[] {0.05, 0.3, 0.5, 0.77, 0.95}) {
            assertEquals((path.alpha(t + h) - path.alpha(t - h)) / (2 * h), path.dAlpha(t), 1e-7, "alpha' at " + t);
            assertEquals((path.sigma(t + h) - path.sigma(t - h)) / (2 * h), path.dSigma(t), 1e-7, "sigma' at " + t);
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void timeAtSnrIsTheInverse(Path path) {
        for (double t : new double[] {0.001, 0.2, 0.5, 0.8, 0.999}) {
            assertEquals(t, path.timeAtSnr(path.alpha(t) / path.sigma(t)), 1e-12);
        }
        assertEquals(path.dataTime(), path.timeAtSnr(Double.POSITIVE_INFINITY), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> path.timeAtSnr(-1));
        assertThrows(IllegalArgumentException.class, () -> path.timeAtSnr(Double.NaN));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void endsAreDataAndNoise(Path path) {
        assertEquals(1, path.alpha(path.dataTime()));
        assertEquals(0, path.sigma(path.dataTime()));
        double left = path instanceof VpPath || path.reversed() instanceof VpPath ? 0.4 : 0;
        assertEquals(0, path.alpha(path.noiseTime()), left);
        assertEquals(1, path.sigma(path.noiseTime()), left);
        assertEquals(new GridPoint(0.25, path.alpha(0.25), path.sigma(0.25)), path.at(0.25));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void reversedPathHasTheSameStatesAndTheOppositeVelocity(Path path) {
        double[] t = {0.1, 0.5, 0.9};
        double[] back = {0.9, 0.5, 1 - 0.9};
        Tensor x0 = Tensor.of(device, DType.F64, new double[] {1, -2, 0.5}, 3, 1);
        Tensor eps = Tensor.of(device, DType.F64, new double[] {0.3, 2, -1}, 3, 1);
        Path reversed = path.reversed();
        assertEquals(path, reversed.reversed());
        assertEquals(path.noiseTime(), reversed.dataTime());
        assertArrayEquals(
                path.xt(x0, eps, t).toDoubles(), reversed.xt(x0, eps, back).toDoubles(), 1e-12);
        double[] v = path.velocity(x0, eps, t).toDoubles();
        double[] w = reversed.velocity(x0, eps, back).toDoubles();
        for (int i = 0; i < v.length; i++) {
            assertEquals(-v[i], w[i], 1e-11);
        }
    }
}
