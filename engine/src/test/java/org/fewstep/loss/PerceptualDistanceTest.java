package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The distance in the states of a network, here of layers that are written down. */
class PerceptualDistanceTest {
    private static final int B = 3;
    private static final int C = 2;
    private static final int SIZE = 4;
    private static final int EACH = C * SIZE * SIZE;

    /** The samples themselves, and half their size with all channels three times as large. */
    private static final Distance.Perceptual DISTANCE =
            new Distance.Perceptual(x -> List.of(x, Ops.scale(Ops.averagePool(x, 2), 3)));

    private static double[] numbers(int seed) {
        double[] all = new double[B * EACH];
        for (int i = 0; i < all.length; i++) {
            all[i] = Math.sin(1.7 * i + seed) + 0.1 * seed;
        }
        return all;
    }

    private static Tensor images(Device device, double[] values) {
        return Tensor.of(device, DType.F64, values, B, C, SIZE, SIZE);
    }

    private static double[] pooled(double[] x) {
        double[] y = new double[x.length / 4];
        int half = SIZE / 2;
        for (int i = 0; i < y.length; i++) {
            int image = i / (half * half);
            int row = i / half % half;
            int column = i % half;
            for (int k = 0; k < 4; k++) {
                y[i] += x[image * SIZE * SIZE + (2 * row + k / 2) * SIZE + 2 * column + k % 2] / 4;
            }
        }
        return y;
    }

    /** Equation 1 for one layer of one sample; 1 - cos of the angle between the channels, twice, averaged over places. */
    private static double angles(double[] x, double[] y, int sample, int places) {
        double sum = 0;
        for (int p = 0; p < places; p++) {
            double xy = 0;
            double xx = 0;
            double yy = 0;
            for (int c = 0; c < C; c++) {
                int i = (sample * C + c) * places + p;
                xy += x[i] * y[i];
                xx += x[i] * x[i];
                yy += y[i] * y[i];
            }
            sum += 2 - 2 * xy / Math.sqrt(xx * yy);
        }
        return sum / places;
    }

    @Test
    void itIsTheMeanAngleOfTheChannelsSummedOverLayers() {
        double[] x = numbers(1);
        double[] y = numbers(2);
        double[] expected = new double[B];
        for (int b = 0; b < B; b++) {
            expected[b] = angles(x, y, b, SIZE * SIZE) + angles(pooled(x), pooled(y), b, SIZE * SIZE / 4);
        }
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope()) {
            Tensor got = DISTANCE.of(images(device, x), images(device, y));
            assertArrayEquals(expected, got.toDoubles(), 1e-8);
            assertArrayEquals(
                    new double[B],
                    DISTANCE.of(images(device, x), images(device, x)).toDoubles(),
                    0);
        }
    }

    @Test
    void statesOfNothingHaveTheDistanceOneAndAFiniteSlope() {
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope()) {
            Tensor nothing = images(device, new double[B * EACH]).requireGrad();
            Tensor some = images(device, numbers(1));
            Tensor got = DISTANCE.of(nothing, some);
            assertArrayEquals(
                    new double[] {2, 2, 2}, got.toDoubles(), 1e-6, "of the vector 0 from a unit vector, a layer each");
            for (double slope : Grad.of(Ops.sum(got), List.of(nothing)).get(0).toDoubles()) {
                assertTrue(Double.isFinite(slope), () -> "slope " + slope);
            }
        }
    }

    /** The slope against differences of the value. */
    @Test
    void itsSlopeIsThatOfItsValue() {
        double[] x = numbers(1);
        double[] y = numbers(3);
        double step = 1e-6;
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope()) {
            Tensor at = images(device, x).requireGrad();
            double[] slope = Grad.of(Ops.sum(DISTANCE.of(at, images(device, y))), List.of(at))
                    .get(0)
                    .toDoubles();
            for (int i = 0; i < x.length; i += 5) {
                double[] more = x.clone();
                more[i] += step;
                double[] less = x.clone();
                less[i] -= step;
                double up = Ops.sum(DISTANCE.of(images(device, more), images(device, y)))
                        .toDoubles()[0];
                double down = Ops.sum(DISTANCE.of(images(device, less), images(device, y)))
                        .toDoubles()[0];
                assertEquals((up - down) / (2 * step), slope[i], 1e-7, "coordinate " + i);
            }
        }
    }
}
