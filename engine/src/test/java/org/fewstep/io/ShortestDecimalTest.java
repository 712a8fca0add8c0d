package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortestDecimalTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-1, -1.0",
        "0.1, 0.1",
        "100, 100.0",
        "0.001, 0.001",
        "1e-7, 1e-7",
        "1e-5, 0.00001",
        "9.9e-6, 9.9e-6",
        "1.5e-8, 1.5e-8",
        "1e20, 100000000000000000000.0",
        "1e21, 1e21",
        "1.25e21, 1.25e21",
        "1e23, 1e23",
        "2e23, 2e23",
        "8.41e21, 8.41e21",
        "9007199254740993, 9007199254740992.0",
        "4.9e-324, 5e-324",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "0.3333333333333333, 0.3333333333333333",
        "2.0e-3, 0.002",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "123456.789, 123456.789",
        "9.5367431640625e-7, 9.5367431640625e-7",
        "1.0e-6, 1e-6"
    })
    void knownForms(double value, String text) {
        assertEquals(text, ShortestDecimal.of(value));
    }

    @Test
    void randomDoublesReadBackAndAreShortest() {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                check(value);
            }
            check(random.nextGaussian());
            check((float) random.nextGaussian());
        }
        for (int exponent = -1074; exponent <= 1023; exponent++) {
            check(Math.scalb(1.0, exponent)); // where the gap below is half the gap above
        }
    }

    private static void check(double value) {
        String text = ShortestDecimal.of(value);
        assertEquals(value, Double.parseDouble(text), text);
        assertEquals(text, new JsonNumber(text).text());
        int digits = new BigDecimal(text).stripTrailingZeros().precision();
        assertTrue(digits <= 17, text);
        if (digits > 1) {
            BigDecimal exact = new BigDecimal(value);
            for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
                BigDecimal shorter = exact.round(new MathContext(digits - 1, mode));
                assertTrue(shorter.doubleValue() != value, text + " could be " + shorter);
            }
        }
        BigDecimal nearest = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        if (nearest.doubleValue() == value) {
            assertEquals(0, nearest.compareTo(new BigDecimal(text)), text + " is not the nearest");
        }
        // From JDK 19 on, Double.toString is the shortest too, though it wants two digits at least.
        if (Runtime.version().feature() >= 19 && digits > 2) {
            assertEquals(0, new BigDecimal(Double.toString(value)).compareTo(new BigDecimal(text)), text);
        }
    }

    @Test
    void nonFiniteNumbersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ShortestDecimal.of(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> ShortestDecimal.of(Double.POSITIVE_INFINITY));
    }
}
