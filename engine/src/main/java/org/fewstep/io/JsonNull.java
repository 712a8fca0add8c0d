package org.fewstep.io;

/** {@code null}; all instances are equal. */
public record JsonNull() implements JsonValue {
    public static final JsonNull INSTANCE = new JsonNull();

    @Override
    public String kind() {
        return "null";
    }
}
