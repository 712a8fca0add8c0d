package org.fewstep.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One assignment {@code a.b=c} to nested maps, with the type of the component that {@code a.b} names. */
final class SettingsOverride {
    private final String assignment;

    SettingsOverride(String assignment) {
        this.assignment = assignment;
    }

    /** A copy of the map with the assignment carried out. */
    Map<String, Object> apply(Class<?> type, Map<String, ?> map) {
        int equals = assignment.indexOf('=');
        String path = equals < 0 ? assignment : assignment.substring(0, equals).strip();
        if (equals < 0 || path.isEmpty() || path.startsWith(".") || path.endsWith(".")) {
            throw new SettingsException("", SettingsNames.quote(assignment), "an assignment a.b=c", "");
        }
        List<String> keys = List.of(path.split("\\.", -1));
        return set(type, map, keys, 0, assignment.substring(equals + 1).strip());
    }

    private Map<String, Object> set(Class<?> type, Map<?, ?> map, List<String> keys, int depth, String text) {
        String path = String.join(".", keys.subList(0, depth));
        String key = keys.get(depth);
        boolean last = depth == keys.size() - 1;
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(String.valueOf(k), v));
        if (SettingsType.isChoice(type) && key.equals(SettingsType.KIND) && last) {
            copy.put(key, text);
            return copy;
        }
        Class<?> record =
                SettingsType.isChoice(type) ? SettingsReader.choose(type, map.get(SettingsType.KIND), path) : type;
        Map<String, SettingsType.Slot> slots = SettingsType.slots(record);
        SettingsType.Slot slot = slots.get(key);
        if (slot == null) {
            throw new SettingsException(
                    path,
                    "the unknown key " + SettingsNames.quote(key),
                    slots.isEmpty() ? "no key" : "one of " + String.join(", ", slots.keySet()),
                    SettingsReader.mean(key, slots.keySet()));
        }
        String at = String.join(".", keys.subList(0, depth + 1));
        boolean section = slot.type().isRecord() || SettingsType.isChoice(slot.type());
        boolean leftOut = section && last && slot.optional() && text.isEmpty();
        if (section == last && !leftOut) {
            throw new SettingsException(
                    at,
                    SettingsNames.quote(assignment),
                    section ? "a key of this section" : SettingsReader.expected(slot) + " without further keys",
                    "");
        }
        if (!last) {
            Map<?, ?> inner = copy.get(key) instanceof Map<?, ?> present ? present : Map.of();
            copy.put(key, set(slot.type(), inner, keys, depth + 1, text));
        } else {
            Object value = parse(slot, text, at);
            if (value == null) {
                copy.remove(key);
            } else {
                copy.put(key, value);
            }
        }
        return copy;
    }

    private static @Nullable Object parse(SettingsType.Slot slot, String text, String path) {
        if (text.isEmpty() && slot.optional()) {
            return null;
        }
        Class<?> element = slot.element();
        if (element == null) {
            return scalar(slot.type(), text, path);
        }
        boolean bracketed = text.startsWith("[") && text.endsWith("]") && text.length() >= 2;
        String inside = bracketed ? text.substring(1, text.length() - 1).strip() : text;
        List<Object> list = new ArrayList<>();
        if (!inside.isEmpty()) {
            String[] entries = inside.split(",", -1);
            for (int i = 0; i < entries.length; i++) {
                list.add(scalar(element, entries[i].strip(), path + "[" + i + "]"));
            }
        }
        return list;
    }

    private static Object scalar(Class<?> type, String text, String path) {
        try {
            if (type == int.class || type == Integer.class) {
                return Integer.parseInt(text);
            }
            if (type == long.class || type == Long.class) {
                return Long.parseLong(text);
            }
            if (type == double.class || type == Double.class) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            SettingsException error =
                    new SettingsException(path, SettingsNames.quote(text), SettingsReader.expected(type), "");
            error.initCause(e);
            throw error;
        }
        if (type == boolean.class || type == Boolean.class) {
            if (text.equals("true") || text.equals("false")) {
                return Boolean.valueOf(text);
            }
            throw new SettingsException(path, SettingsNames.quote(text), "true or false", "");
        }
        return text;
    }
}
