package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
    private static float[] normal(int seed, int count) {
        double[] values = new Rng(seed).normal(0, count, 0);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) values[i];
        }
        return x;
    }

    /** x A^T + b for rows x of length 3. */
    private static float[] affine(float[] x, double[][] a, double... b) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i += 3) {
            for (int j = 0; j < 3; j++) {
                y[i + j] = (float) (a[j][0] * x[i] + a[j][1] * x[i + 1] + a[j][2] * x[i + 2] + b[j]);
            }
        }
        return y;
    }

    @Test
    void aSetIsAtNoDistanceFromItself() {
        float[] x = normal(1, 300);
        assertEquals(0, FrechetDistance.of(x, x, 3), 1e-12);
    }

    /** A shift counts as its square; covariances that commute as the squares of differences of standard deviations. */
    @Test
    void shiftsAndScalesHaveTheirClosedForm() {
        float[] x = normal(2, 3000);
        double[][] scale = {{2, 0, 0}, {0, 2, 0}, {0, 0, 2}};
        float[] moved = affine(x, new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 3, 0, -4);
        assertEquals(25, FrechetDistance.of(x, moved, 3), 1e-4);
        double variance = trace(x);
        double[] mean = new double[3];
        for (int i = 0; i < x.length; i++) {
            mean[i % 3] += x[i] / 1000.0;
        }
        double means = Arrays.stream(mean).map(m -> m * m).sum();
        assertEquals(variance + means, FrechetDistance.of(x, affine(x, scale, 0, 0, 0), 3), 1e-5);
    }

    private static double trace(float[] x) {
        double total = 0;
        for (int j = 0; j < 3; j++) {
            double sum = 0;
            double squares = 0;
            for (int i = j; i < x.length; i += 3) {
                sum += x[i];
                squares += (double) x[i] * x[i];
            }
            total += (squares - sum * sum / 1000) / 999;
        }
        return total;
    }

    /** Covariances that do not commute: for two dimensions the root's trace is known from trace and determinant. */
    @Test
    void theRootIsThatOfAProductThatDoesNotCommute() {
        float[] x = {1, 0, -1, 0, 0, 2, 0, -2};
        float[] y = {1, 1, -1, -1, 3, -3, -3, 3};
        // Covariances with the factor 1/3: diag(2, 8) / 3 and ((20, -16), (-16, 20)) / 3.
        double trace = (2.0 * 20 + 8.0 * 20) / 9;
        double determinant = (16.0 / 9) * (144.0 / 9);
        double root = Math.sqrt(trace + 2 * Math.sqrt(determinant));
        assertEquals(10.0 / 3 + 40.0 / 3 - 2 * root, FrechetDistance.of(x, y, 2), 1e-12);
        assertEquals(FrechetDistance.of(y, x, 2), FrechetDistance.of(x, y, 2), 1e-12);
    }

    @Test
    void aDirectionWithoutVarianceIsAllowed() {
        float[] x = {1, 0, -1, 0};
        float[] y = {0, 1, 0, -1};
        assertEquals(4, FrechetDistance.of(x, y, 2), 1e-12);
    }

    @Test
    void badSetsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> FrechetDistance.of(new float[2], new float[4], 2));
        assertThrows(IllegalArgumentException.class, () -> FrechetDistance.of(new float[3], new float[4], 2));
        float[] wrong = {0, 1, Float.NaN, 2};
        assertThrows(IllegalArgumentException.class, () -> FrechetDistance.of(new float[4], wrong, 2));
    }
}
