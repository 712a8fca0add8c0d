package org.fewstep.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nested maps of settings as JSON and back. */
final class SettingsJson {
    private SettingsJson() {}

    static JsonValue toJson(Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject.Builder object = JsonObject.builder();
            map.forEach((key, entry) -> object.put(String.valueOf(key), toJson(entry)));
            return object.build();
        }
        if (value instanceof List<?> list) {
            List<JsonValue> values = new ArrayList<>();
            for (Object entry : list) {
                values.add(toJson(entry));
            }
            return new JsonArray(values);
        }
        if (value instanceof String text) {
            return new JsonString(text);
        }
        if (value instanceof Boolean bool) {
            return new JsonBool(bool);
        }
        if (value instanceof Integer || value instanceof Long) {
            return JsonNumber.of(((Number) value).longValue());
        }
        if (value instanceof Double number) {
            return JsonNumber.of(number);
        }
        throw new IllegalArgumentException("settings: got " + value + "; expected text, numbers, lists and maps");
    }

    static Map<String, Object> fromJson(JsonObject object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.members().forEach((key, value) -> {
            if (!(value instanceof JsonNull)) {
                map.put(key, plain(value));
            }
        });
        return map;
    }

    private static Object plain(JsonValue value) {
        if (value instanceof JsonObject object) {
            return fromJson(object);
        }
        if (value instanceof JsonArray array) {
            List<Object> list = new ArrayList<>();
            for (JsonValue entry : array.values()) {
                list.add(plain(entry));
            }
            return list;
        }
        if (value instanceof JsonString text) {
            return text.value();
        }
        if (value instanceof JsonBool bool) {
            return bool.value();
        }
        if (value instanceof JsonNumber number) {
            return number(number);
        }
        throw new SettingsException("", value.kind(), "a value", "leave the key out");
    }

    private static Object number(JsonNumber number) {
        try {
            if (number.isInteger()) {
                return number.asLong();
            }
            return number.asDouble();
        } catch (ArithmeticException tooLarge) {
            SettingsException error = new SettingsException("", number.kind(), "64 bits", "");
            error.initCause(tooLarge);
            throw error;
        }
    }
}
