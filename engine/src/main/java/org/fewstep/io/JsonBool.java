package org.fewstep.io;

/** {@code true} or {@code false}. */
public record JsonBool(boolean value) implements JsonValue {
    @Override
    public String kind() {
        return "a boolean";
    }
}
