package org.fewstep.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object; the order of the members is kept. */
public record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    public JsonObject {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String kind() {
        return "an object";
    }

    /** Collects members in order; a key given twice is refused. */
    public static final class Builder {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();

        private Builder() {}

        public Builder put(String key, JsonValue value) {
            if (members.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException(
                        "put: got key " + BadFileException.quote(key) + " again; expected distinct keys; rename one");
            }
            return this;
        }

        public Builder put(String key, String value) {
            return put(key, new JsonString(value));
        }

        public Builder put(String key, double value) {
            return put(key, JsonNumber.of(value));
        }

        public Builder put(String key, long value) {
            return put(key, JsonNumber.of(value));
        }

        public Builder put(String key, boolean value) {
            return put(key, new JsonBool(value));
        }

        public JsonObject build() {
            return new JsonObject(members);
        }
    }
}
