package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QuantileTest {
    @Test
    void linearBetweenNeighbours() {
        double[] values = {40, 10, 30, 20, 50};
        assertEquals(10, Quantile.of(values, 0));
        assertEquals(30, Quantile.of(values, 0.5));
        assertEquals(50, Quantile.of(values, 1));
        assertEquals(14, Quantile.of(values, 0.1), 1e-12);
        assertEquals(48, Quantile.of(values, 0.95), 1e-12);
        assertArrayEquals(new double[] {40, 10, 30, 20, 50}, values);
        assertEquals(7, Quantile.of(new double[] {7}, 0.3));
    }

    @Test
    void infinityIsAValueAndNaNIsNot() {
        double[] values = {1, 2, Double.POSITIVE_INFINITY};
        assertEquals(2, Quantile.of(values, 0.5));
        assertEquals(Double.POSITIVE_INFINITY, Quantile.of(values, 1));
        assertThrows(IllegalArgumentException.class, () -> Quantile.of(new double[] {1, Double.NaN}, 0.5));
    }

    @Test
    void badInputIsRefused() {
        double[] values = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> Quantile.of(new double[0], 0.5));
        assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, -0.1));
        assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, 1.1));
        assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, Double.NaN));
    }
}
