package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class SlicedWasserstein2Test {
    private static final Rng RNG = new Rng(1);

    @Test
    void oneDimensionIsExact() {
        assertEquals(1, SlicedWasserstein2.of(new float[] {0, 5, 2}, new float[] {6, 1, 3}, 1, 3, RNG), 1e-12);
        assertEquals(
                Math.sqrt((1 + 9) / 2.0),
                SlicedWasserstein2.of(new float[] {0, 1}, new float[] {4, 1}, 1, 1, RNG),
                1e-12);
    }

    @Test
    void unequalSizesFollowTheQuantiles() {
        assertEquals(0.5, SlicedWasserstein2.squaredWasserstein2(new double[] {0}, new double[] {0, 1}), 1e-15);
        // Quantiles 0 0 0 | 1 1 1 against 0 0 | 2 2 | 3 3, in sixths.
        assertEquals(
                (0 + 0 + 4 + 1 + 4 + 4) / 6.0,
                SlicedWasserstein2.squaredWasserstein2(new double[] {0, 1}, new double[] {0, 2, 3}),
                1e-15);
        float[] x = EnergyDistanceTest.gaussian(2, 60, 0);
        float[] thrice = new float[180];
        for (int i = 0; i < 180; i++) {
            thrice[i] = x[i % 60];
        }
        assertEquals(0, SlicedWasserstein2.of(x, thrice, 2, 20, RNG), 1e-12);
    }

    /** In d dimensions a shift s is seen along a direction as its component: on average |s|^2 / d. */
    @Test
    void aShiftIsSeenDividedByTheRootOfTheDimension() {
        float[] x = EnergyDistanceTest.gaussian(3, 300, 0);
        float[] y = new float[300];
        for (int i = 0; i < 300; i++) {
            y[i] = x[i] + (i % 3 == 0 ? 2 : i % 3 == 1 ? -1 : 2);
        }
        assertEquals(3 / Math.sqrt(3), SlicedWasserstein2.of(x, y, 3, 4000, RNG), 0.04);
    }

    /** W2 of N(0, 1) and N(m, s^2) is sqrt(m^2 + (s - 1)^2). */
    @Test
    void gaussiansInClosedForm() {
        float[] x = EnergyDistanceTest.gaussian(4, 20_000, 0);
        float[] y = EnergyDistanceTest.gaussian(5, 15_000, 0);
        for (int i = 0; i < y.length; i++) {
            y[i] = 3 * y[i] + 1.5f;
        }
        assertEquals(2.5, SlicedWasserstein2.of(x, y, 1, 1, RNG), 0.05);
    }

    @Test
    void symmetricBlindToOrderAndFixedByTheRng() {
        float[] x = EnergyDistanceTest.gaussian(6, 200, 0);
        float[] y = EnergyDistanceTest.gaussian(7, 140, 1);
        double distance = SlicedWasserstein2.of(x, y, 2, 50, RNG);
        assertEquals(distance, SlicedWasserstein2.of(x, y, 2, 50, RNG));
        assertEquals(distance, SlicedWasserstein2.of(y, x, 2, 50, RNG), 1e-12);
        assertEquals(distance, SlicedWasserstein2.of(EnergyDistanceTest.reversed(x, 2), y, 2, 50, RNG), 1e-12);
        assertNotEquals(distance, SlicedWasserstein2.of(x, y, 2, 50, new Rng(2)));
    }

    @Test
    void badInputIsRefused() {
        float[] x = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> SlicedWasserstein2.of(x, x, 2, 0, RNG));
        assertThrows(IllegalArgumentException.class, () -> SlicedWasserstein2.of(x, new float[0], 2, 1, RNG));
        assertThrows(IllegalArgumentException.class, () -> SlicedWasserstein2.of(x, new float[3], 2, 1, RNG));
        assertThrows(
                IllegalArgumentException.class,
                () -> SlicedWasserstein2.of(x, new float[] {Float.POSITIVE_INFINITY, 0}, 2, 1, RNG));
    }
}
