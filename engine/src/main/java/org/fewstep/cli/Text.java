package org.fewstep.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Numbers, durations and sizes as people read them; always the same whatever the locale. */
final class Text {
    private static final double[] UNIT_BYTES = {1L << 30, 1L << 20, 1L << 10};
    private static final String[] UNITS = {"GiB", "MiB", "KiB"};

    private Text() {}

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Seconds as {@code 0.42 s}, {@code 12.3 s}, {@code 2 min 05 s} or {@code 1 h 07 min}; negative or NaN as {@code -}. */
    static String duration(double seconds) {
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            return "-";
        }
        if (seconds < 9.995) {
            return format("%.2f s", seconds);
        }
        if (seconds < 59.95) {
            return format("%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 3600) {
            return format("%d min %02d s", whole / 60, whole % 60);
        }
        return format("%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    /** A size as {@code 512 B}, {@code 1.5 KiB}, {@code 20.0 MiB}. */
    static String bytes(long bytes) {
        for (int i = 0; i < UNITS.length; i++) {
            if (bytes >= UNIT_BYTES[i]) {
                return format("%.1f %s", bytes / UNIT_BYTES[i], UNITS[i]);
            }
        }
        return bytes + " B";
    }

    /** A whole number with thousands in groups of three: {@code 1,234,567}. */
    static String count(long number) {
        return format("%,d", number);
    }

    /** A measured value in four significant digits, without an exponent where that stays short. */
    static String value(double value) {
        double size = Math.abs(value);
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.toString(value);
        }
        if (size >= 1e-4 && size < 1e5) {
            int digits = (int) Math.max(0, 3 - Math.floor(Math.log10(size)));
            return format("%." + digits + "f", value);
        }
        return format("%.3e", value);
    }

    /** The candidate that a mistyped word most likely meant: the one with the fewest edits, at most a third of its length. */
    static Optional<String> nearest(String word, List<String> candidates) {
        Optional<String> best = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = edits(word, candidate);
            if (edits < least && 3 * edits <= Math.max(word.length(), candidate.length()) + 1) {
                least = edits;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
