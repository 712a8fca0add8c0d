package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MmdTest {
    @Test
    void handComputedSets() {
        float[] x = {0, 0};
        float[] y = {3, 4};
        assertEquals(2 - 2 * Math.exp(-25 / 18.0), Mmd.rbf(3).squared(x, y, 2), 1e-14);
        assertEquals(2 - 2 * Math.exp(-5 / 3.0), Mmd.laplace(3).squared(x, y, 2), 1e-14);
        assertEquals(
                2 - Math.exp(-25 / 18.0) - Math.exp(-25 / 2.0), Mmd.rbf(3, 1).squared(x, y, 2), 1e-14);
        float[] pair = {0, 1};
        double k = Math.exp(-0.5);
        double far = Math.exp(-2);
        assertEquals(
                2 * k - 2 * (far + Math.exp(-4.5) + k + far) / 4,
                Mmd.rbf(1).squaredUnbiased(pair, new float[] {2, 3}, 1),
                1e-14);
    }

    @Test
    void equalSetsAreAtZero() {
        float[] x = EnergyDistanceTest.gaussian(1, 300, 0);
        assertEquals(0, Mmd.rbf(0.5, 2).squared(x, x, 3), 1e-14);
        assertEquals(0, Mmd.laplace(0.5, 2).squared(x, x, 3), 1e-14);
    }

    /** E exp(-(X - Y)^2 / (2 h^2)) for X - Y ~ N(m, 2) is h / sqrt(h^2 + 2) exp(-m^2 / (2 (h^2 + 2))). */
    @Test
    void shiftedGaussiansInClosedForm() {
        double h = 1.5;
        double scale = h / Math.sqrt(h * h + 2);
        double exact = 2 * scale * (1 - Math.exp(-1 / (2 * (h * h + 2))));
        float[] x = EnergyDistanceTest.gaussian(2, 3000, 0);
        float[] y = EnergyDistanceTest.gaussian(3, 3000, 1);
        assertEquals(exact, Mmd.rbf(h).squaredUnbiased(x, y, 1), 0.012);
    }

    @Test
    void symmetricAndBlindToOrder() {
        float[] x = EnergyDistanceTest.gaussian(4, 200, 0);
        float[] y = EnergyDistanceTest.gaussian(5, 150, 1);
        Mmd mmd = Mmd.laplace(1);
        double squared = mmd.squared(x, y, 2);
        assertEquals(squared, mmd.squared(y, x, 2), 1e-13);
        assertEquals(squared, mmd.squared(EnergyDistanceTest.reversed(x, 2), y, 2), 1e-13);
    }

    @Test
    void medianOfTheDistances() {
        // Distances of 0, 1, 3, 7: 1 2 3 4 6 7.
        assertEquals(3.5, Mmd.medianDistance(new float[] {0, 3}, new float[] {7, 1}, 1), 1e-15);
        // |N(0, 2)| has its median at sqrt(2) 0.6744898.
        float[] x = EnergyDistanceTest.gaussian(6, 4000, 0);
        float[] y = EnergyDistanceTest.gaussian(7, 3000, 0);
        assertEquals(Math.sqrt(2) * 0.6744898, Mmd.medianDistance(x, y, 1), 0.05);
    }

    @Test
    void badInputIsRefused() {
        float[] x = {1, 2};
        assertThrows(IllegalArgumentException.class, Mmd::rbf);
        assertThrows(IllegalArgumentException.class, () -> Mmd.rbf(1, 0));
        assertThrows(IllegalArgumentException.class, () -> Mmd.laplace(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Mmd.rbf(1).squared(x, new float[3], 2));
        assertThrows(IllegalArgumentException.class, () -> Mmd.rbf(1).squaredUnbiased(x, x, 2));
        assertThrows(IllegalArgumentException.class, () -> Mmd.medianDistance(new float[4], new float[4], 1));
    }
}
