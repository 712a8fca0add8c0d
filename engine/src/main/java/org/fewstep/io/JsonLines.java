package org.fewstep.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes one compact JSON value a line; each line reaches the stream in a single write, and is flushed. */
public final class JsonLines implements Closeable {
    private final OutputStream out;

    /** Writes to {@code out}, which {@link #close} closes. */
    public JsonLines(OutputStream out) {
        this.out = out;
    }

    /** The bytes of one line, with its line feed. */
    public static byte[] line(JsonValue value) {
        return (Json.write(value) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Appends a line; throws {@link UncheckedIOException} if the stream fails. */
    public void write(JsonValue value) {
        try {
            out.write(line(value));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("write a JSON line", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
