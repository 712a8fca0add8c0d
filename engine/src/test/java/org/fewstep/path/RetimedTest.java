package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.Field;
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

    /** A velocity to be solved. */
    private static Field field(Retimed.Velocity u) {
        return (x, point) -> u.at(x, repeated(point.t(), x.dim(0)));
    }

    private static double[] repeated(double t, int count) {
        double[] times = new double[count];
        Arrays.fill(times, t);
        return times;
    }

    /** The end x / alpha of a run between two times. */
    private static double[] solved(Retimed.Velocity u, Path path, Tensor start, double from, double to) {
        Tensor end = new DormandPrince(1e-12, 1e-13)
                .solve(field(u), path, start, from, to)
                .end();
        return Ops.scale(end, 1 / path.alpha(to)).toDoubles();
    }

    @Test
    void theSameSamplesComeOfBothTimes() {
        GaussianMixture data = new GaussianMixture(
                new double[] {0.4, 0.6}, new double[][] {{1, -0.5}, {-0.8, 0.6}}, new double[] {0.5, 0.7});
        Path[] paths = {
            new VpPath(), new CosinePath(), LinearPath.NOISE_AT_ONE, LinearPath.NOISE_AT_ZERO, new PolynomialPath(2)
        };
        for (Path trained : paths) {
            Retimed.Velocity u = (x, t) -> data.v(x, PathCoefficients.of(trained, t));
            for (Path wanted : paths) {
                if (wanted == trained) {
                    continue;
                }
                Retimed retimed = new Retimed(trained, wanted);
                String what = trained.name() + " read along " + wanted.name();
                double from = wanted.timeAtSnr(0.05);
                double to = wanted.timeAtSnr(50);
                Tensor x = Tensor.of(device, DType.F64, new double[] {0.7, -1.2, -0.4, 0.3, 1.6, 0.9}, 3, 2);
                double[] samples = solved(
                        u, trained, x, retimed.at(from).t(), retimed.at(to).t());
                Tensor scaled = Ops.scale(x, retimed.at(from).scale());
                double[] again = solved((y, r) -> retimed.velocity(u, y, r), wanted, scaled, from, to);
                assertArrayEquals(samples, again, 1e-8, what);
                double[] wrong = solved(u, wanted, scaled, from, to);
                assertTrue(
                        largestDifference(samples, wrong) > 1e-3,
                        what + ": without the change of time it would do too");
            }
        }
    }

    private static double largestDifference(double[] a, double[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
