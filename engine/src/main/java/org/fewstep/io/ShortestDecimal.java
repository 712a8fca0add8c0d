package org.fewstep.io;

import java.math.BigInteger;

/**
 * Doubles as text: the fewest digits that read back as the same double, and of those the nearest to it.
 *
 * <p>{@link Double#toString} does not serve, because before JDK 19 it sometimes gives a digit too many, and files must
 * not depend on the JDK. This is the free-format algorithm of Burger and Dybvig, "Printing Floating-Point Numbers Quickly
 * and Accurately" (PLDI 1996), in exact integers: the value is r/s, the doubles that read back as it lie within m-/s
 * below and m+/s above. Numbers from 1e-5 up to 1e21 are written without exponent.
 */
final class ShortestDecimal {
    private static final int FIRST_PLAIN_EXPONENT = -5;
    private static final int LAST_PLAIN_EXPONENT = 20;
    private static final int MANTISSA_BITS = 52;

    private BigInteger r;
    private BigInteger s;
    private BigInteger mPlus;
    private BigInteger mMinus;

    /** Whether the ends of the interval read back as the value: they round to an even mantissa. */
    private final boolean inclusive;

    /** The value is 0.d1 d2 d3 ... times 10 to this power. */
    private int point;

    private ShortestDecimal(double magnitude) {
        long bits = Double.doubleToRawLongBits(magnitude);
        int biased = (int) (bits >>> MANTISSA_BITS);
        long fraction = bits & ((1L << MANTISSA_BITS) - 1);
        long f = biased == 0 ? fraction : fraction | 1L << MANTISSA_BITS;
        int e = Math.max(biased, 1) - 1075;
        inclusive = (f & 1) == 0;
        // At a power of two the gap below is half the gap above; everything is doubled once more to stay integer.
        int narrow = fraction == 0 && biased > 1 ? 1 : 0;
        r = BigInteger.valueOf(f).shiftLeft(Math.max(e, 0) + 1 + narrow);
        s = BigInteger.ONE.shiftLeft(Math.max(-e, 0) + 1 + narrow);
        mMinus = BigInteger.ONE.shiftLeft(Math.max(e, 0));
        mPlus = mMinus.shiftLeft(narrow);
        scale(magnitude);
    }

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
        ShortestDecimal decimal = new ShortestDecimal(magnitude);
        String digits = decimal.digits();
        return sign + layOut(digits, decimal.point - 1);
    }

    /** Finds the power of ten above the interval and brings r/s below 10, so that digits follow by division. */
    private void scale(double magnitude) {
        // The estimate is never too high, and too low by at most one.
        point = (int) Math.ceil(StrictMath.log10(magnitude) - 1e-10);
        BigInteger power = BigInteger.TEN.pow(Math.abs(point));
        if (point >= 0) {
            s = s.multiply(power);
        } else {
            r = r.multiply(power);
            mPlus = mPlus.multiply(power);
            mMinus = mMinus.multiply(power);
        }
        if (r.add(mPlus).compareTo(s) >= (inclusive ? 0 : 1)) {
            point++;
        } else {
            timesTen();
        }
    }

    private void timesTen() {
        r = r.multiply(BigInteger.TEN);
        mPlus = mPlus.multiply(BigInteger.TEN);
        mMinus = mMinus.multiply(BigInteger.TEN);
    }

    private String digits() {
        StringBuilder digits = new StringBuilder();
        while (true) {
            BigInteger[] parts = r.divideAndRemainder(s);
            int digit = parts[0].intValue();
            r = parts[1];
            boolean lowEnough = r.compareTo(mMinus) < (inclusive ? 1 : 0);
            boolean highEnough = r.add(mPlus).compareTo(s) >= (inclusive ? 0 : 1);
            if (!lowEnough && !highEnough) {
                digits.append((char) ('0' + digit));
                timesTen();
                continue;
            }
            int half = r.shiftLeft(1).compareTo(s);
            boolean up = lowEnough && highEnough ? half > 0 || (half == 0 && (digit & 1) == 1) : highEnough;
            return digits.append((char) ('0' + (up ? digit + 1 : digit))).toString();
        }
    }

    /** Digits d1 d2 d3 ... of d1.d2 d3 ... times 10 to the exponent. */
    private static String layOut(String digits, int exponent) {
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
