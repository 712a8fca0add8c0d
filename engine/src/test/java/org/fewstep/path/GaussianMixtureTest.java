package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GaussianMixtureTest extends EngineTest {
    private static final GaussianMixture MIXTURE = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2}, new double[][] {{1.5, -0.5}, {-1, 1}, {0.2, -1.8}}, new double[] {0.3, 0.5, 0
            });

    private final Path path = new CosinePath();
    private final double[] t = {0.05, 0.3, 0.6, 0.9};
    private final PathCoefficients at = PathCoefficients.of(path, t);

    private Tensor points() {
        return Tensor.of(device, DType.F64, rng.normal(0, 8, 3), 4, 2);
    }

    @Test
    void scoreIsTheGradientOfTheLogDensity() {
        Tensor x = points().requireGrad();
        Tensor total = Ops.sum(MIXTURE.logDensity(x, at));
        assertArrayEquals(
                Grad.of(total, List.of(x)).get(0).toDoubles(),
                MIXTURE.score(x, at).toDoubles(),
                1e-10);
    }

    @Test
    void fieldsAreOnePrediction() {
        Tensor x = points();
        Tensor score = MIXTURE.score(x, at);
        Prediction from = Prediction.SCORE;
        assertArrayEquals(
                from.to(Prediction.X0, score, x, at).toDoubles(),
                MIXTURE.x0(x, at).toDoubles(),
                1e-10);
        assertArrayEquals(
                from.to(Prediction.EPS, score, x, at).toDoubles(),
                MIXTURE.eps(x, at).toDoubles(),
                1e-12);
        assertArrayEquals(
                from.to(Prediction.V, score, x, at).toDoubles(),
                MIXTURE.v(x, at).toDoubles(),
                1e-10);
    }

    @Test
    void densityOfPureNoiseIsNormal() {
        Tensor x = points();
        double[] log = MIXTURE.logDensity(x, PathCoefficients.of(path, 0)).toDoubles();
        double[] v = x.toDoubles();
        for (int i = 0; i < 4; i++) {
            double square = v[2 * i] * v[2 * i] + v[2 * i + 1] * v[2 * i + 1];
            assertEquals(-0.5 * square - Math.log(2 * Math.PI), log[i], 1e-12);
        }
    }

    @Test
    void farPointsStayFinite() {
        Tensor x = Tensor.of(device, DType.F64, new double[] {1e4, -1e4}, 1, 2);
        PathCoefficients end = PathCoefficients.of(path, 0.999);
        for (double v : MIXTURE.v(x, end).toDoubles()) {
            assertEquals(v, v);
        }
        assertEquals(true, Double.isFinite(MIXTURE.logDensity(x, end).item()));
    }

    @Test
    void badMixturesAreRefused() {
        double[][] mean = {{0, 0}};
        assertThrows(
                IllegalArgumentException.class, () -> new GaussianMixture(new double[] {0.5}, mean, new double[] {1}));
        assertThrows(
                IllegalArgumentException.class, () -> new GaussianMixture(new double[] {1}, mean, new double[] {-1}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new GaussianMixture(new double[0], new double[0][], new double[0]));
        Tensor flat = Tensor.of(device, DType.F64, new double[] {1, 2, 3}, 3);
        assertThrows(IllegalArgumentException.class, () -> MIXTURE.x0(flat, at));
    }
}
