package org.fewstep.io;

/** Range checks for the compact constructors of settings records; names are keys as written in a file. */
public final class SettingsChecks {
    private SettingsChecks() {}

    /** The value must be at least {@code least}. */
    public static void atLeast(String key, long value, long least) {
        if (value < least) {
            throw new SettingsException(key, Long.toString(value), "at least " + least, "");
        }
    }

    /** The value must be in [least, most]. */
    public static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SettingsException(key, Long.toString(value), least + " to " + most, "");
        }
    }

    /** The value must be finite and in [least, most]. */
    public static void within(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new SettingsException(key, Double.toString(value), least + " to " + most, "");
        }
    }

    /** The value must be finite and above zero. */
    public static void positive(String key, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new SettingsException(key, Double.toString(value), "a finite number above 0", "");
        }
    }

    /** The value must be finite and not below zero. */
    public static void notNegative(String key, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new SettingsException(key, Double.toString(value), "a finite number of at least 0", "");
        }
    }

    /** The value must be a number, neither NaN nor infinite. */
    public static void finite(String key, double value) {
        if (!Double.isFinite(value)) {
            throw new SettingsException(key, Double.toString(value), "a finite number", "");
        }
    }
}
