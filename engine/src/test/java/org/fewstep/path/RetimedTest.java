package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RetimedTest extends EngineTest {
    @Test
    void derivativesAreThoseOfTheMap() {
        Retimed retimed = new Retimed(new VpPath(), LinearPath.NOISE_AT_ONE);
        double h = 1e-6;
        for (double r : new double[] {0.1, 0.5, 0.9}) {
            Retimed.Point up = retimed.at(r + h);
            Retimed.Point down = retimed.at(r - h);
            assertEquals((up.t() - down.t()) / (2 * h), retimed.at(r).dt(), 1e-7);
            assertEquals((up.scale() - down.scale()) / (2 * h), retimed.at(r).dScale(), 1e-7);
        }
    }

    @Test
    void reversalChangesOnlyTheSign() {
        Tensor x = Tensor.of(device, DType.F64, new double[] {0.7, -1.2}, 2, 1);
        Path path = new CosinePath();
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{0.4}}, new double[] {0.6});
        Tensor v = new Retimed(path, path.reversed())
                .velocity((y, t) -> data.v(y, PathCoefficients.of(path, t)), x, new double[] {0.2, 0.7});
        Tensor w = data.v(x, PathCoefficients.of(path, 0.8, 0.3));
        assertArrayEquals(new double[] {-w.toDoubles()[0], -w.toDoubles()[1]}, v.toDoubles(), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> new Retimed(path, path.reversed()).at(0));
    }
}
