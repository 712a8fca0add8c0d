package org.fewstep.io;

/** A JSON number that keeps its text, so no digit is lost between reading and use. */
public record JsonNumber(String text) implements JsonValue {
    /**
     * Checks the grammar of RFC 8259, section 6.
     *
     * @throws IllegalArgumentException if the text is not a JSON number
     */
    public JsonNumber {
        if (!isNumber(text)) {
            throw new IllegalArgumentException("JsonNumber: got " + BadFileException.quote(text)
                    + "; expected a number of RFC 8259; no +, no" + " leading zero, digits on both sides of the point");
        }
    }

    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /**
     * The shortest text that reads back as {@code value}, always with a point or an exponent.
     *
     * @throws IllegalArgumentException for NaN and infinities, which JSON cannot say
     */
    public static JsonNumber of(double value) {
        return new JsonNumber(ShortestDecimal.of(value));
    }

    @Override
    public String kind() {
        return "the number " + (text.length() <= 40 ? text : text.substring(0, 40) + "...");
    }

    /** Whether it is written as an integer: no point, no exponent. */
    public boolean isInteger() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return false;
            }
        }
        return true;
    }

    /**
     * The nearest double.
     *
     * @throws ArithmeticException if the number is beyond the largest double
     */
    public double asDouble() {
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw new ArithmeticException("asDouble: got " + kind() + "; expected at most 1.8e308; too large");
        }
        return value;
    }

    /**
     * The exact value.
     *
     * @throws ArithmeticException if it is not written as an integer or does not fit 64 bits
     */
    public long asLong() {
        if (!isInteger()) {
            throw new ArithmeticException("asLong: got " + kind() + "; expected an integer; no point, no exponent");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            ArithmeticException error =
                    new ArithmeticException("asLong: got " + kind() + "; expected 64 bits; the value is too large");
            error.initCause(e);
            throw error;
        }
    }

    private static boolean isNumber(String s) {
        int n = s.length();
        int i = n > 0 && s.charAt(0) == '-' ? 1 : 0;
        int first = i;
        i = digits(s, i);
        if (i == first || (s.charAt(first) == '0' && i > first + 1)) {
            return false;
        }
        if (i < n && s.charAt(i) == '.') {
            int fraction = i + 1;
            i = digits(s, fraction);
            if (i == fraction) {
                return false;
            }
        }
        if (i < n && (s.charAt(i) == 'e' || s.charAt(i) == 'E')) {
            i++;
            if (i < n && (s.charAt(i) == '+' || s.charAt(i) == '-')) {
                i++;
            }
            int exponent = i;
            i = digits(s, exponent);
            if (i == exponent) {
                return false;
            }
        }
        return i == n;
    }

    private static int digits(String s, int from) {
        int i = from;
        while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
            i++;
        }
        return i;
    }
}
