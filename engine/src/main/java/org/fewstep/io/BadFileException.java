package org.fewstep.io;

import org.jspecify.annotations.Nullable;

/** The content of a file (or of a text given in place of one) is not what its format demands. */
public final class BadFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The offset of an error that belongs to no single byte. */
    public static final long NO_OFFSET = -1;

    private static final int LONGEST_QUOTE = 60;

    private final String source;
    private final long offset;

    /**
     * States what is wrong.
     *
     * @param source path or name of the file
     * @param offset first offending byte, or {@link #NO_OFFSET}
     * @param got what was found
     * @param expected what the format demands
     * @param hint what to do about it
     */
    public BadFileException(String source, long offset, String got, String expected, String hint) {
        this(source, offset, got, expected, hint, null);
    }

    /** As above, with the exception that revealed the error. */
    public BadFileException(
            String source, long offset, String got, String expected, String hint, @Nullable Throwable cause) {
        super(message(source, offset, got, expected, hint), cause);
        this.source = source;
        this.offset = offset;
    }

    private static String message(String source, long offset, String got, String expected, String hint) {
        String place = offset < 0 ? source : source + " at byte " + offset;
        return place + ": got " + got + "; expected " + expected + "; " + hint;
    }

    /** Path or name of the file, followed by the place inside it where one is known. */
    public String source() {
        return source;
    }

    /** First offending byte, or {@link #NO_OFFSET}. */
    public long offset() {
        return offset;
    }

    /** Foreign text made safe for a message: in quotes, printable ASCII only, at most 60 characters of it. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            if (i == LONGEST_QUOTE) {
                return out.append("...'").toString();
            }
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.append('\'').toString();
    }
}
