package org.fewstep.io;

import java.util.ArrayList;
import java.util.List;

/** A JSON array. */
public record JsonArray(List<JsonValue> values) implements JsonValue {
    public JsonArray {
        values = List.copyOf(values);
    }

    public static JsonArray of(double... numbers) {
        List<JsonValue> values = new ArrayList<>(numbers.length);
        for (double number : numbers) {
            values.add(JsonNumber.of(number));
        }
        return new JsonArray(values);
    }

    public static JsonArray of(long... numbers) {
        List<JsonValue> values = new ArrayList<>(numbers.length);
        for (long number : numbers) {
            values.add(JsonNumber.of(number));
        }
        return new JsonArray(values);
    }

    @Override
    public String kind() {
        return "an array";
    }
}
