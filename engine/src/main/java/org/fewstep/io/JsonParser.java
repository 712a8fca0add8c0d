package org.fewstep.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Strict reader of one JSON text (RFC 8259) in UTF-8.
 *
 * <p>Beyond the grammar it refuses what the RFC leaves open and what hides mistakes: duplicate keys, a byte order mark,
 * lone surrogates, and nesting deeper than {@link #MAX_DEPTH}. Formats with a JSON header of their own shape call
 * {@link #object}, {@link #array}, {@link #string} and {@link #number} directly and build no tree.
 */
final class JsonParser {
    static final int MAX_DEPTH = 256;

    private final byte[] in;
    private final String source;
    private final long base;
    private int at;
    private int depth;

    /** Reads {@code in}, which starts at byte {@code base} of {@code source}. */
    JsonParser(byte[] in, String source, long base) {
        this.in = in;
        this.source = source;
        this.base = base;
    }

    /** The one value of the whole text. */
    JsonValue document() {
        JsonValue value = value();
        end();
        return value;
    }

    /** Demands that only white space is left. */
    void end() {
        skipSpace();
        if (at < in.length) {
            throw fail(found(), "the end of the text", "one value only");
        }
    }

    JsonValue value() {
        skipSpace();
        int c = peek();
        switch (c) {
            case '{' -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                object(key -> members.put(key, value()));
                return new JsonObject(members);
            }
            case '[' -> {
                List<JsonValue> values = new ArrayList<>();
                array(() -> values.add(value()));
                return new JsonArray(values);
            }
            case '"' -> {
                return new JsonString(string());
            }
            case 't' -> {
                return word("true", new JsonBool(true));
            }
            case 'f' -> {
                return word("false", new JsonBool(false));
            }
            case 'n' -> {
                return word("null", JsonNull.INSTANCE);
            }
            default -> {
                if (c == '-' || (c >= '0' && c <= '9')) {
                    return number();
                }
                throw fail(found(), "a JSON value", "NaN, Infinity, comments and a byte order mark are not JSON");
            }
        }
    }

    /** Reads an object: {@code member} is called after each key and colon, and must read the value. */
    void object(Consumer<String> member) {
        open('{', "an object");
        Set<String> keys = new HashSet<>();
        skipSpace();
        if (peek() == '}') {
            close();
            return;
        }
        while (true) {
            skipSpace();
            int keyAt = at;
            if (peek() != '"') {
                throw fail(found(), "a key in quotes", "no comma after the last member");
            }
            String key = string();
            if (!keys.add(key)) {
                at = keyAt;
                throw fail("the key " + BadFileException.quote(key) + " again", "distinct keys", "rename one");
            }
            skipSpace();
            expect(':');
            skipSpace();
            member.accept(key);
            if (!more('}')) {
                return;
            }
        }
    }

    /** Reads an array: {@code element} is called once an element and must read it. */
    void array(Runnable element) {
        open('[', "an array");
        skipSpace();
        if (peek() == ']') {
            close();
            return;
        }
        do {
            skipSpace();
            element.run();
        } while (more(']'));
    }

    /** Reads a string. */
    String string() {
        if (peek() != '"') {
            throw fail(found(), "a string", "strings stand in double quotes");
        }
        int start = ++at;
        // Nearly all strings are plain ASCII without escapes and need no builder.
        while (at < in.length && in[at] >= ' ' && in[at] != '"' && in[at] != '\\') {
            at++;
        }
        if (peek() == '"') {
            return new String(in, start, at++ - start, StandardCharsets.ISO_8859_1);
        }
        StringBuilder out = new StringBuilder(new String(in, start, at - start, StandardCharsets.ISO_8859_1));
        while (true) {
            int c = peek();
            if (c == '"') {
                at++;
                return out.toString();
            } else if (c == '\\') {
                at++;
                escape(out);
            } else if (c < 0) {
                throw fail(found(), "a closing quote", "the string does not end");
            } else if (c < ' ') {
                throw fail(found(), "no control character", "escape it as \\u00XX");
            } else if (c < 0x80) {
                out.append((char) c);
                at++;
            } else {
                out.appendCodePoint(utf8());
            }
        }
    }

    /** Reads a number. */
    JsonNumber number() {
        int start = at;
        while (at < in.length && isNumberByte(in[at])) {
            at++;
        }
        String text = new String(in, start, at - start, StandardCharsets.ISO_8859_1);
        try {
            return new JsonNumber(text);
        } catch (IllegalArgumentException e) {
            at = start;
            String got = text.isEmpty() ? found() : BadFileException.quote(text);
            throw fail(got, "a number", "no +, no leading zero, digits on both sides of the point");
        }
    }

    /** The error at the present byte. */
    BadFileException fail(String got, String expected, String hint) {
        return new BadFileException(source, base + at, got, expected, hint);
    }

    private JsonValue word(String word, JsonValue value) {
        for (int i = 0; i < word.length(); i++) {
            if (peek() != word.charAt(i)) {
                throw fail(found(), word, "check the spelling");
            }
            at++;
        }
        return value;
    }

    private void open(char bracket, String what) {
        if (peek() != bracket) {
            throw fail(found(), what, "it starts with " + bracket);
        }
        if (++depth > MAX_DEPTH) {
            throw fail("nesting deeper than " + MAX_DEPTH, "at most " + MAX_DEPTH, "flatten the data");
        }
        at++;
    }

    private void close() {
        at++;
        depth--;
    }

    /** After an element: true if a comma follows, false if the closing bracket does. */
    private boolean more(char bracket) {
        skipSpace();
        int c = peek();
        if (c == bracket) {
            close();
            return false;
        }
        if (c != ',') {
            throw fail(found(), "a comma or " + bracket, "is the text cut off?");
        }
        at++;
        return true;
    }

    private void escape(StringBuilder out) {
        int c = peek();
        switch (c) {
            case '"', '\\', '/' -> out.append((char) c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> {
                unicode(out);
                return;
            }
            default -> throw fail(found() + " after a backslash", "one of \"\\/bfnrtu", "double the backslash");
        }
        at++;
    }

    private void unicode(StringBuilder out) {
        int escapeAt = at - 1;
        char unit = hex4();
        if (!Character.isSurrogate(unit)) {
            out.append(unit);
            return;
        }
        if (Character.isHighSurrogate(unit) && peek() == '\\' && at + 1 < in.length && in[at + 1] == 'u') {
            at++;
            char low = hex4();
            if (Character.isLowSurrogate(low)) {
                out.append(unit).append(low);
                return;
            }
        }
        at = escapeAt;
        throw fail(String.format("the lone surrogate \\u%04x", (int) unit), "a pair", "high, then low surrogate");
    }

    private char hex4() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            at++;
            int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw fail(found(), "a hexadecimal digit", "\\u takes four of them");
            }
            unit = unit << 4 | digit;
        }
        at++;
        return (char) unit;
    }

    /** Decodes one code point of two to four bytes (Unicode, table 3-7: no overlong form, no surrogate). */
    private int utf8() {
        int lead = peek();
        int extra =
                lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
        int point = lead & (0x3f >> extra);
        boolean ok = extra > 0 && at + extra < in.length;
        for (int i = 1; ok && i <= extra; i++) {
            int next = in[at + i] & 0xff;
            ok = (next & 0xc0) == 0x80;
            point = point << 6 | (next & 0x3f);
        }
        boolean overlong = (extra == 2 && point < 0x800) || (extra == 3 && point < 0x10000);
        boolean outside = point > 0x10ffff || (point >= 0xd800 && point < 0xe000);
        if (!ok || overlong || outside) {
            throw fail(found(), "UTF-8", "save the text as UTF-8");
        }
        at += extra + 1;
        return point;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw fail(found(), "'" + c + "'", "is the text cut off?");
        }
        at++;
    }

    private void skipSpace() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        return at < in.length ? in[at] & 0xff : -1;
    }

    private String found() {
        int c = peek();
        if (c < 0) {
            return "the end of the text";
        }
        return c >= ' ' && c < 0x7f ? "'" + (char) c + "'" : String.format("the byte 0x%02x", c);
    }

    private static boolean isNumberByte(byte b) {
        return (b >= '0' && b <= '9') || b == '.' || b == '-' || b == '+' || b == 'e' || b == 'E';
    }
}
