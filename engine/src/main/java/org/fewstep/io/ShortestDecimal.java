package org.fewstep.io;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Doubles as text: the fewest digits that read back as the same double, and of those the nearest to it.
 *
 * <p>{@link Double#toString} does not serve, because before JDK 19 it sometimes gives a digit too many, and files must
 * not depend on the JDK. Numbers from 1e-5 up to 1e21 are written without exponent.
 */
final class ShortestDecimal {
    private static final int MAX_DIGITS = 17;
    private static final int FIRST_PLAIN_EXPONENT = -5;
    private static final int LAST_PLAIN_EXPONENT = 20;

    private ShortestDecimal() {}

    /**
     * The text; it always has a point or an exponent, so that a double stays one.
     *
     * @throws IllegalArgumentException for NaN and infinities
     */
    static String of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "JSON number: got " + value + "; expected a finite number; write the word as a string");
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        double magnitude = Math.abs(value);
        if (magnitude == Math.rint(magnitude) && magnitude < 0x1p53) {
            // Neighbours are at most 1 apart here, so no shorter decimal reads back as the same double.
            return sign + (long) magnitude + ".0";
        }
        return sign + layOut(shortest(magnitude));
    }

    private static BigDecimal shortest(double magnitude) {
        BigDecimal exact = new BigDecimal(magnitude);
        int digits = Math.min(MAX_DIGITS, new BigDecimal(Double.toString(magnitude)).stripTrailingZeros().precision());
        BigDecimal best = withDigits(exact, digits, magnitude);
        while (best == null) {
            best = withDigits(exact, ++digits, magnitude);
        }
        while (digits > 1) {
            BigDecimal shorter = withDigits(exact, --digits, magnitude);
            if (shorter == null) {
                break;
            }
            best = shorter;
        }
        return best.stripTrailingZeros();
    }

    /** The nearest decimal of so many digits that reads back as {@code magnitude}, or null. */
    private static @Nullable BigDecimal withDigits(
            BigDecimal exact, int digits, double magnitude) {
        BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        if (nearest.doubleValue() == magnitude) {
            return nearest;
        }
        // At a power of two the gap below is half the gap above: the farther neighbour may be the one inside.
        RoundingMode otherWay = nearest.compareTo(exact) > 0 ? RoundingMode.DOWN : RoundingMode.UP;
        BigDecimal other = exact.round(new MathContext(digits, otherWay));
        return other.doubleValue() == magnitude ? other : null;
    }

    private static String layOut(BigDecimal decimal) {
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        if (exponent < FIRST_PLAIN_EXPONENT || exponent > LAST_PLAIN_EXPONENT) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return digits.charAt(0) + fraction + "e" + exponent;
        }
        if (exponent < 0) {
            return "0." + "0".repeat(-exponent - 1) + digits;
        }
        int whole = exponent + 1;
        if (digits.length() <= whole) {
            return digits + "0".repeat(whole - digits.length()) + ".0";
        }
        return digits.substring(0, whole) + "." + digits.substring(whole);
    }
}
