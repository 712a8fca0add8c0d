package org.fewstep.io;

/** A JSON string; the writer refuses lone surrogates, the reader never makes them. */
public record JsonString(String value) implements JsonValue {
    @Override
    public String kind() {
        return "a string";
    }
}
