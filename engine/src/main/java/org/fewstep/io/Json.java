package org.fewstep.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * JSON (RFC 8259), strictly: what another reader could understand in two ways is refused.
 *
 * <p>All readers throw {@link BadFileException} with the byte of the error. Duplicate keys, trailing bytes, lone
 * surrogates, bad UTF-8, nesting deeper than 256 are errors. Order of members and text of numbers are kept.
 */
public final class Json {
    /** Longest text read, in bytes: a tree takes up to 25 times its text, and a hostile one must fit the heap. */
    public static final int MAX_BYTES = 32 << 20;

    private Json() {}

    /** The value of a text. */
    public static JsonValue parse(String text) {
        return parse(utf8(text), "JSON text");
    }

    /** The value of a text in UTF-8. */
    public static JsonValue parse(byte[] utf8) {
        return parse(utf8, "JSON text");
    }

    /** The value of a text in UTF-8 that messages call {@code source}. */
    public static JsonValue parse(byte[] utf8, String source) {
        if (utf8.length > MAX_BYTES) {
            throw new BadFileException(
                    source, MAX_BYTES, utf8.length + " bytes", "at most " + MAX_BYTES, "split it, one value a line");
        }
        return new JsonParser(utf8, source, 0).document();
    }

    /** The value of a file of at most {@link #MAX_BYTES}. */
    public static JsonValue read(Path path) {
        return parse(FileBytes.read(path, MAX_BYTES), path.toString());
    }

    /** A cursor at the root of a file, whose messages name the file. */
    public static JsonCursor open(Path path) {
        return JsonCursor.root(read(path), path.toString());
    }

    /** The compact text, ASCII only. */
    public static String write(JsonValue value) {
        return write(value, 0);
    }

    /** The text with {@code indent} spaces a level and a final line feed; 0 is compact, on one line without it. */
    public static String write(JsonValue value, int indent) {
        String text = new JsonWriter(indent).value(value, 0).toString();
        return indent > 0 ? text + "\n" : text;
    }

    /** Replaces a file by the indented text. */
    public static void write(Path path, JsonValue value) {
        AtomicFile.write(path, write(value, 2).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] out = new byte[bytes.remaining()];
            bytes.get(out);
            return out;
        } catch (CharacterCodingException e) {
            throw new BadFileException(
                    "JSON text", BadFileException.NO_OFFSET, "a lone surrogate", "Unicode text", "check its origin", e);
        }
    }
}
