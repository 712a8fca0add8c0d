package org.fewstep.io;

import java.util.Iterator;
import java.util.Map;

/** Writes JSON as ASCII, the same bytes for the same value. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final int indent;

    /** Compact for {@code indent} 0, otherwise so many spaces a level, arrays of plain values staying on one line. */
    JsonWriter(int indent) {
        this.indent = indent;
    }

    JsonWriter value(JsonValue value, int level) {
        if (level > JsonParser.MAX_DEPTH) {
            throw new IllegalArgumentException("write: got nesting deeper than " + JsonParser.MAX_DEPTH
                    + "; expected at most that; the reader refuses it");
        }
        if (value instanceof JsonObject object) {
            object(object, level);
        } else if (value instanceof JsonArray array) {
            array(array, level);
        } else if (value instanceof JsonString string) {
            string(string.value());
        } else if (value instanceof JsonNumber number) {
            out.append(number.text());
        } else if (value instanceof JsonBool bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
        return this;
    }

    /** Writes a string in quotes, everything outside printable ASCII escaped. */
    JsonWriter string(String s) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair =
                        Character.isHighSurrogate(c) && i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException("write: got a lone surrogate at char " + i + " of "
                            + BadFileException.quote(s) + "; expected Unicode text; JSON in UTF-8 cannot hold it");
                }
                hex(c);
                hex(s.charAt(++i));
            } else {
                character(c);
            }
        }
        out.append('"');
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void character(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c >= ' ' && c < 0x7f) {
                    out.append(c);
                } else {
                    hex(c);
                }
            }
        }
    }

    private void hex(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(c >> shift & 0xf, 16));
        }
    }

    private void object(JsonObject object, int level) {
        out.append('{');
        Iterator<Map.Entry<String, JsonValue>> members =
                object.members().entrySet().iterator();
        boolean any = members.hasNext();
        while (members.hasNext()) {
            Map.Entry<String, JsonValue> member = members.next();
            newLine(level + 1);
            string(member.getKey());
            out.append(indent > 0 ? ": " : ":");
            value(member.getValue(), level + 1);
            if (members.hasNext()) {
                out.append(',');
            }
        }
        if (any) {
            newLine(level);
        }
        out.append('}');
    }

    private void array(JsonArray array, int level) {
        boolean nested = array.values().stream().anyMatch(v -> v instanceof JsonObject || v instanceof JsonArray);
        out.append('[');
        Iterator<JsonValue> values = array.values().iterator();
        while (values.hasNext()) {
            if (nested) {
                newLine(level + 1);
            }
            value(values.next(), level + 1);
            if (values.hasNext()) {
                out.append(indent > 0 && !nested ? ", " : ",");
            }
        }
        if (nested) {
            newLine(level);
        }
        out.append(']');
    }

    private void newLine(int level) {
        if (indent > 0) {
            out.append('\n').append(" ".repeat(indent * level));
        }
    }
}
