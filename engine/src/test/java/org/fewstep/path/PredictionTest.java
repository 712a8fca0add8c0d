package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PredictionTest extends EngineTest {
    private final double[] t = {0.1, 0.4, 0.8};

    private Tensor random(int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 6, step), 3, 2);
    }

    @ParameterizedTest
    @MethodSource("org.fewstep.path.PathTest#paths")
    void everyPredictionGivesEveryOther(Path path) {
        Tensor x0 = random(0);
        Tensor eps = random(1);
        Tensor x = path.xt(x0, eps, t);
        PathCoefficients at = PathCoefficients.of(path, t);
        double[] perSigma = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            perSigma[i] = -1 / path.sigma(t[i]);
        }
        Map<Prediction, Tensor> values = Map.of(
                Prediction.X0,
                x0,
                Prediction.EPS,
                eps,
                Prediction.V,
                path.velocity(x0, eps, t),
                Prediction.SCORE,
                Ops.mul(eps, Tensor.perSample(perSigma, eps)));
        values.forEach((from, value) -> values.forEach((to, wanted) -> assertArrayEquals(
                wanted.toDoubles(), from.to(to, value, x, at).toDoubles(), 1e-9, from + " to " + to)));
    }

    @Test
    void onePointServesTheWholeBatch() {
        Path path = LinearPath.NOISE_AT_ONE;
        Tensor x = random(0);
        Tensor v = random(1);
        double[] each = Prediction.V
                .to(Prediction.X0, v, x, PathCoefficients.of(path, 0.3, 0.3, 0.3))
                .toDoubles();
        assertArrayEquals(
                each,
                Prediction.V
                        .to(Prediction.X0, v, x, PathCoefficients.of(path, 0.3))
                        .toDoubles(),
                1e-14);
        assertSame(v, Prediction.V.to(Prediction.V, v, x, PathCoefficients.of(path, 0.3)));
    }

    @Test
    void linearVelocityReachesBothEnds() {
        Path path = LinearPath.NOISE_AT_ONE;
        Tensor x = random(0);
        Tensor v = random(1);
        PathCoefficients noise = PathCoefficients.of(path, 1);
        PathCoefficients data = PathCoefficients.of(path, 0);
        assertArrayEquals(
                Ops.sub(x, v).toDoubles(),
                Prediction.V.to(Prediction.X0, v, x, noise).toDoubles(),
                1e-15);
        assertArrayEquals(
                Ops.add(x, v).toDoubles(),
                Prediction.V.to(Prediction.EPS, v, x, data).toDoubles(),
                1e-15);
    }

    @Test
    void divisionByZeroIsRefused() {
        Tensor x = random(0);
        PathCoefficients noise = PathCoefficients.of(LinearPath.NOISE_AT_ONE, 1);
        PathCoefficients data = PathCoefficients.of(LinearPath.NOISE_AT_ONE, 0);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Prediction.EPS.to(Prediction.X0, x, x, noise))
                .getMessage();
        assertTrue(message.startsWith("prediction: got EPS to X0 at alpha 0.0"), message);
        assertThrows(IllegalArgumentException.class, () -> Prediction.X0.to(Prediction.EPS, x, x, data));
        assertThrows(IllegalArgumentException.class, () -> Prediction.V.to(Prediction.SCORE, x, x, data));
        assertThrows(IllegalArgumentException.class, () -> Prediction.SCORE.to(Prediction.X0, x, x, noise));
    }
}
