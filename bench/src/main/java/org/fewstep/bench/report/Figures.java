package org.fewstep.bench.report;

import java.util.Locale;

/** Numbers as a reader wants them: three digits and a unit. */
final class Figures {
    private Figures() {}

    /** A time in seconds. */
    static String time(double seconds) {
        if (Double.isNaN(seconds)) {
            return "-";
        }
        if (seconds < 1e-6) {
            return three(seconds * 1e9) + " ns";
        }
        if (seconds < 1e-3) {
            return three(seconds * 1e6) + " us";
        }
        return seconds < 1 ? three(seconds * 1e3) + " ms" : three(seconds) + " s";
    }

    /** A number of bytes. */
    static String bytes(double bytes) {
        if (Double.isNaN(bytes)) {
            return "-";
        }
        if (bytes < 1024) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        return bytes < 1 << 20 ? three(bytes / 1024) + " KB" : three(bytes / (1 << 20)) + " MB";
    }

    /** A ratio. */
    static String ratio(double ratio) {
        return three(ratio) + "x";
    }

    /** A share. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** Three significant digits, without exponent. */
    private static String three(double x) {
        double size = Math.abs(x);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + digits + "f", x);
    }
}
