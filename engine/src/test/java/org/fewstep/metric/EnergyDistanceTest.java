package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.data.EightGaussians;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class EnergyDistanceTest {
    @Test
    void handComputedSets() {
        assertEquals(2, EnergyDistance.of(new float[] {0}, new float[] {1}, 1), 1e-15);
        assertEquals(1, EnergyDistance.of(new float[] {0, 2}, new float[] {1}, 1), 1e-15);
        // Three points of a 3-4-5 triangle, the right angle alone in x.
        assertEquals(2 * 3.5 - 2 * 5 / 4.0, EnergyDistance.of(new float[] {0, 0}, new float[] {3, 0, 0, 4}, 2), 1e-15);
        assertEquals(2 * 1.5 - 2 - 1, EnergyDistance.unbiased(new float[] {0, 2}, new float[] {2, 3}, 1), 1e-15);
    }

    @Test
    void equalSetsAreAtDistanceZero() {
        float[] x = gaussian(1, 300, 0);
        assertEquals(0, EnergyDistance.of(x, x, 3), 1e-14);
    }

    @Test
    void symmetricAndBlindToOrder() {
        float[] x = gaussian(1, 300, 0);
        float[] y = gaussian(2, 200, 1);
        double distance = EnergyDistance.of(x, y, 2);
        assertEquals(distance, EnergyDistance.of(y, x, 2), 1e-13);
        assertEquals(distance, EnergyDistance.of(reversed(x, 2), y, 2), 1e-13);
        assertEquals(distance, EnergyDistance.of(x, y, 2));
    }

    /** E|N(m, 2)| = 2/sqrt(pi) exp(-m^2/4) + m erf(m/2); for m = 1, erf(1/2) = 0.5204998778. */
    @Test
    void shiftedGaussiansInClosedForm() {
        double between = 2 / Math.sqrt(Math.PI) * Math.exp(-0.25) + 0.5204998778;
        double exact = 2 * (between - 2 / Math.sqrt(Math.PI));
        assertEquals(exact, EnergyDistance.unbiased(gaussian(3, 4000, 0), gaussian(4, 4000, 1), 1), 0.03);
    }

    /** The V-statistic of equal laws is on average (1/n + 1/m) E|X - X'|, the U-statistic 0. */
    @Test
    void biasOfTheVStatistic() {
        int n = 50;
        int m = 80;
        int trials = 400;
        double v = 0;
        double u = 0;
        for (int trial = 0; trial < trials; trial++) {
            float[] x = gaussian(2L * trial, n, 0);
            float[] y = gaussian(2L * trial + 1, m, 0);
            v += EnergyDistance.of(x, y, 1) / trials;
            u += EnergyDistance.unbiased(x, y, 1) / trials;
        }
        double bias = (1.0 / n + 1.0 / m) * 2 / Math.sqrt(Math.PI);
        assertEquals(bias, v, 0.1 * bias);
        assertEquals(0, u, 0.1 * bias);
    }

    /** The floor under every result on 2048 samples of the eight Gaussians: 0.0023 on average, 0.0019 in the median. */
    @Test
    void noiseFloorOfTheEightGaussians() {
        double mean = 0;
        for (int trial = 0; trial < 12; trial++) {
            float[] x = new float[2 * 2048];
            float[] y = new float[2 * 2048];
            new EightGaussians().sample(new Rng(trial), 0, 2048, x);
            new EightGaussians().sample(new Rng(trial).stream("other"), 0, 2048, y);
            double distance = EnergyDistance.of(x, y, 2);
            assertTrue(distance > 0.0002 && distance < 0.010, "energy distance " + distance);
            mean += distance / 12;
        }
        assertEquals(0.0023, mean, 0.0012);
    }

    @Test
    void badInputIsRefused() {
        float[] one = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> EnergyDistance.of(one, new float[0], 2));
        assertThrows(IllegalArgumentException.class, () -> EnergyDistance.of(one, one, 0));
        assertThrows(IllegalArgumentException.class, () -> EnergyDistance.of(one, new float[3], 2));
        assertThrows(IllegalArgumentException.class, () -> EnergyDistance.of(one, new float[] {1, Float.NaN}, 2));
        assertThrows(IllegalArgumentException.class, () -> EnergyDistance.unbiased(one, one, 2));
    }

    static float[] gaussian(long seed, int length, double shift) {
        float[] out = new float[length];
        double[] z = new Rng(seed).normal(0, length, 0);
        for (int i = 0; i < length; i++) {
            out[i] = (float) (z[i] + shift);
        }
        return out;
    }

    static float[] reversed(float[] x, int d) {
        float[] out = new float[x.length];
        for (int i = 0; i < x.length / d; i++) {
            System.arraycopy(x, i * d, out, x.length - (i + 1) * d, d);
        }
        return out;
    }
}
