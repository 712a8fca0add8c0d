package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DriftingTest extends EngineTest {
    private static final List<Double> TEMPERATURES = List.of(0.1, 0.5);

    private Tensor points(int rows, int columns, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, rows * columns, step), rows, columns);
    }

    private static Drifting drifting(boolean normalised, int classes) {
        return new Drifting(
                new Drifting.Config(new DriftingField(TEMPERATURES, normalised), 1, x -> List.of(), classes));
    }

    private static double distance(double[] a, int i, double[] b, int j, int dims) {
        double sum = 0;
        for (int k = 0; k < dims; k++) {
            sum += Math.pow(a[dims * i + k] - b[dims * j + k], 2);
        }
        return Math.sqrt(sum);
    }

    /** Algorithm 2 in plain loops, data first, in units of the distances (N D). */
    private static double[] field(double[] x, double[] y, int[] labels, int dims, double tau) {
        int n = labels.length;
        double[][] k = new double[n][2 * n];
        double[] row = new double[n];
        double[] column = new double[2 * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 2 * n; j++) {
                boolean counts = labels[i] == labels[j % n] && j != n + i;
                k[i][j] = counts ? Math.exp(-distance(x, i, j < n ? y : x, j % n, dims) / tau) : 0;
                row[i] += k[i][j];
                column[j] += k[i][j];
            }
        }
        double[] v = new double[n * dims];
        for (int i = 0; i < n; i++) {
            double p = 0;
            double q = 0;
            for (int j = 0; j < 2 * n; j++) {
                double a = k[i][j] == 0 ? 0 : k[i][j] / Math.sqrt(row[i] * column[j]);
                k[i][j] = a;
                p += j < n ? a : 0;
                q += j < n ? 0 : a;
            }
            for (int j = 0; j < n; j++) {
                for (int c = 0; c < dims; c++) {
                    v[dims * i + c] += q * k[i][j] * y[dims * j + c] - p * k[i][n + j] * x[dims * j + c];
                }
            }
        }
        return v;
    }

    private static double meanSquare(double[] v) {
        return Arrays.stream(v).map(each -> each * each).average().orElseThrow();
    }

    @Test
    void theLossIsThatOfPlainLoops() {
        int n = 7;
        int[] labels = {0, 1, 0, 0, 1, 1, 2}; // the last has no other sample of its class: nothing drives it
        Tensor data = add(points(n, 3, 1), Tensor.full(device, DType.F64, 20, Shape.of(3)));
        Tensor eps = points(n, 3, 2);
        PredictionNet net = (x, t, cond) -> add(scale(x, 1.5), Tensor.full(device, DType.F64, 20, x.shape()));
        double[] y = data.toDoubles();
        double[] x = net.of(eps, eps, Cond.NONE).toDoubles();
        double apart = 0;
        int pairs = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 2 * n; j++) {
                if (labels[i] == labels[j % n] && j != n + i) {
                    apart += distance(x, i, j < n ? y : x, j % n, 3);
                    pairs++;
                }
            }
        }
        apart /= pairs;
        for (boolean normalised : new boolean[] {true, false}) {
            double[] v = new double[3 * n];
            double size = 0;
            for (double tau : TEMPERATURES) {
                double factor = normalised ? Math.sqrt(3) / apart : 1;
                double[] one = field(x, y, labels, 3, normalised ? tau * apart : tau);
                double square = meanSquare(one) * factor * factor;
                size += square / TEMPERATURES.size();
                for (int i = 0; i < v.length; i++) {
                    v[i] += factor * one[i] / (normalised ? Math.sqrt(square) : 1);
                }
            }
            LossResult result =
                    drifting(normalised, 3).loss(net, drifting(normalised, 3).draw(data, eps, labels));
            assertEquals(size, result.error().item(), 1e-9 * size, "normalised " + normalised);
            double[] actual = result.perSample().toDoubles();
            for (int i = 0; i < n; i++) {
                assertEquals(meanSquare(Arrays.copyOfRange(v, 3 * i, 3 * i + 3)), actual[i], 1e-8);
            }
            assertEquals(0, actual[6], 1e-12);
        }
    }

    /** Down the gradient each sample goes along the field. */
    @Test
    void theGradientIsTheFieldTurnedRound() {
        Tensor data = points(6, 2, 1);
        Tensor eps = points(6, 2, 2);
        Tensor shift = Tensor.of(device, DType.F64, new double[12], 6, 2).requireGrad();
        PredictionNet net = (x, t, cond) -> add(x, shift);
        Drifting loss = drifting(false, 0);
        double[] gradient = Grad.of(loss.loss(net, loss.draw(data, eps, null)).total(), List.of(shift))
                .get(0)
                .toDoubles();
        double[] v = new double[12];
        for (double tau : TEMPERATURES) {
            double[] one = field(eps.toDoubles(), data.toDoubles(), new int[6], 2, tau);
            Arrays.setAll(v, i -> v[i] + one[i]);
        }
        for (int i = 0; i < 12; i++) {
            assertEquals(-2 * v[i] / 12, gradient[i], 1e-9);
        }
    }

    @Test
    void theFieldFallsWhereSamplesHaveTheLawOfTheData() {
        Tensor data = points(400, 2, 1);
        Tensor eps = points(400, 2, 2);
        Drifting loss = drifting(false, 0);
        double alike =
                loss.loss((x, t, cond) -> x, loss.draw(data, eps, null)).error().item();
        double wide = loss.loss((x, t, cond) -> scale(x, 1.5), loss.draw(data, eps, null))
                .error()
                .item();
        assertTrue(wide > 5 * alike, wide + " and " + alike);
    }

    @Test
    void featuresDriftBesideTheSamples() {
        Tensor data = points(5, 2, 1);
        Tensor eps = points(5, 2, 2);
        PredictionNet net = (x, t, cond) -> scale(x, 0.7);
        DriftingField field = new DriftingField(TEMPERATURES, false);
        Drifting both =
                new Drifting(new Drifting.Config(field, 1, x -> List.of(reshape(mul(x, square(x)), 5, 2, 1)), 0));
        Drifting alone = drifting(false, 0);
        double[] own = alone.loss(net, alone.draw(data, eps, null)).perSample().toDoubles();
        Drifting.Draw cubes = alone.draw(mul(data, square(data)), eps, null);
        double[] cubed = alone.loss((x, t, cond) -> mul(net.of(x, t, cond), square(net.of(x, t, cond))), cubes)
                .perSample()
                .toDoubles();
        double[] actual = both.loss(net, both.draw(data, eps, null)).perSample().toDoubles();
        for (int i = 0; i < 5; i++) {
            assertEquals(own[i] + cubed[i], actual[i], 1e-12);
        }
    }

    @Test
    void theBatchIsOneAndBadChoicesAreRefused() {
        Drifting loss = drifting(true, 0);
        assertEquals(Coupling.BATCH, loss.coupling());
        Drifting.Draw draw = loss.draw(new Batch(points(4, 2, 1), null), rng, 3);
        assertThrows(IllegalArgumentException.class, () -> loss.slice(draw, 0, 2));
        assertArrayEquals(new int[] {4, 8}, draw.counting().shape().sizes());
        assertThrows(IllegalArgumentException.class, () -> new DriftingField(List.of(), true));
        assertThrows(IllegalArgumentException.class, () -> new DriftingField(List.of(0.0), true));
        DriftingField field = new DriftingField(TEMPERATURES, true);
        assertThrows(IllegalArgumentException.class, () -> new Drifting.Config(field, 0, x -> List.of(), 0));
        assertThrows(IllegalArgumentException.class, () -> new Drifting.Config(field, 1, x -> List.of(), -1));
    }
}
