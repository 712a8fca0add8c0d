package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.data.EightGaussians;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class ModeCoverageTest {
    private static final double[] TWO = {0, 10};
    private static final double[] EVEN = {0.5, 0.5};

    @Test
    void handComputedShares() {
        float[] x = {0, 1, -2, 3, 4, 10, 10, 11.5f};
        ModeCoverage got = ModeCoverage.of(x, 1, TWO, 1);
        assertEquals(7.0 / 8, got.quality());
        assertEquals(List.of(4.0 / 8, 3.0 / 8), got.shares());
        assertEquals(2, got.covered());
        assertEquals(4.0 / 7 - 0.5, got.totalVariation(), 1e-15);
        assertEquals(Math.sqrt((1 + 4 + 9 + 1.5 * 1.5) / 7), got.withinStd(), 1e-15);
    }

    @Test
    void theThresholdIsAShareOfTheWeight() {
        float[] x = {0, 0, 0, 0, 0, 0, 0, 10};
        assertEquals(2, ModeCoverage.of(x, 1, TWO, 1, EVEN, 3, 0.25).covered());
        assertEquals(1, ModeCoverage.of(x, 1, TWO, 1, EVEN, 3, 0.26).covered());
        double[] uneven = {0.875, 0.125};
        ModeCoverage exact = ModeCoverage.of(x, 1, TWO, 1, uneven, 3, 1);
        assertEquals(2, exact.covered());
        assertEquals(0, exact.totalVariation());
    }

    @Test
    void overlappingModesShareByNearness() {
        ModeCoverage got = ModeCoverage.of(new float[] {4, 6, 6, 6}, 1, TWO, 4);
        assertEquals(List.of(0.25, 0.75), got.shares());
    }

    @Test
    void collapseOutsideEveryMode() {
        ModeCoverage got = ModeCoverage.of(new float[] {5, 5}, 1, TWO, 1);
        assertEquals(0, got.quality());
        assertEquals(0, got.covered());
        assertEquals(1, got.totalVariation());
        assertTrue(Double.isNaN(got.withinStd()));
    }

    /** In the plane 1 - exp(-9/2) of a Gaussian lies within 3 std. */
    @Test
    void exactSamplesOfTheEightGaussians() {
        EightGaussians law = new EightGaussians();
        int n = 20_000;
        float[] x = new float[2 * n];
        law.sample(new Rng(1), 0, n, x);
        ModeCoverage got = ModeCoverage.of(x, 2, law.modes(), law.std());
        double inside = 1 - Math.exp(-4.5);
        assertEquals(inside, got.quality(), 4 * Math.sqrt(inside * (1 - inside) / n));
        assertEquals(8, got.covered());
        assertTrue(got.totalVariation() < 0.02, "total variation " + got.totalVariation());
        // Cut at 3 std, E r^2 / 2 shrinks from 1 to 1 - 4.5 exp(-4.5) / (1 - exp(-4.5)).
        double cut = Math.sqrt(1 - 4.5 * Math.exp(-4.5) / inside);
        assertEquals(0.2 * cut, got.withinStd(), 0.003);
    }

    @Test
    void badInputIsRefused() {
        float[] x = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(new float[0], 1, TWO, 1));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 0, TWO, 1));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, new double[0], 1));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, TWO, 0));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 2, new double[3], 1));
        assertThrows(
                IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, TWO, 1, new double[] {0.5, 0.4}, 3, 0.25));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, TWO, 1, new double[] {1, 0}, 3, 0.25));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, TWO, 1, EVEN, 0, 0.25));
        assertThrows(IllegalArgumentException.class, () -> ModeCoverage.of(x, 1, TWO, 1, EVEN, 3, 1.5));
    }
}
