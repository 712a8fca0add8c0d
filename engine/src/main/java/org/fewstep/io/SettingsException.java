package org.fewstep.io;

/**
 * A setting that cannot be used: an unknown key, a wrong type, a missing or an impossible value. The message reads
 * {@code path: got X; expected Y; hint}.
 */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String got;
    private final String expected;
    private final String hint;

    /**
     * Describes the error.
     *
     * @param path keys joined by dots, list positions in brackets: {@code sample.steps[2]}; empty for the whole
     * @param got what was found
     * @param expected what would have been right
     * @param hint what to do, or empty
     */
    public SettingsException(String path, String got, String expected, String hint) {
        super((path.isEmpty() ? "settings" : path) + ": got " + got + "; expected " + expected
                + (hint.isEmpty() ? "" : "; " + hint));
        this.path = path;
        this.got = got;
        this.expected = expected;
        this.hint = hint;
    }

    /** Where the setting stands. */
    public String path() {
        return path;
    }

    /** What was found. */
    public String got() {
        return got;
    }

    /** What would have been right. */
    public String expected() {
        return expected;
    }

    /** The same error seen from an enclosing section. */
    SettingsException inside(String section) {
        SettingsException outer = new SettingsException(SettingsNames.join(section, path), got, expected, hint);
        outer.initCause(this);
        return outer;
    }
}
