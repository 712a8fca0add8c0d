package org.fewstep.io;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes records of nested maps; see {@link Settings} for the rules. */
final class SettingsReader {
    private SettingsReader() {}

    /** A record, or the record of a sealed interface that the map's kind names. */
    static Object section(Class<?> type, Map<?, ?> map, String path) {
        Map<String, Object> given = stringKeys(map, path);
        if (!SettingsType.isChoice(type)) {
            return record(type, given, path);
        }
        Class<?> chosen = choose(type, given.get(SettingsType.KIND), path);
        given.remove(SettingsType.KIND);
        return record(chosen, given, path);
    }

    /** The record that a kind names. */
    static Class<?> choose(Class<?> choice, @Nullable Object kind, String path) {
        Map<String, Class<?>> kinds = SettingsType.kinds(choice);
        String at = SettingsNames.join(path, SettingsType.KIND);
        String expected = "one of " + String.join(", ", kinds.keySet());
        if (kind == null) {
            throw new SettingsException(at, "nothing", expected, "");
        }
        if (!(kind instanceof String word)) {
            throw new SettingsException(at, describe(kind), expected, "");
        }
        for (Map.Entry<String, Class<?>> entry : kinds.entrySet()) {
            if (SettingsNames.sameWord(entry.getKey(), word)) {
                return entry.getValue();
            }
        }
        throw new SettingsException(at, SettingsNames.quote(word), expected, mean(word, kinds.keySet()));
    }

    static String mean(String word, Collection<String> known) {
        return known.isEmpty() ? "" : "did you mean " + SettingsNames.nearest(word, known) + "?";
    }

    private static Object record(Class<?> type, Map<String, Object> given, String path) {
        Map<String, SettingsType.Slot> slots = SettingsType.slots(type);
        for (String key : given.keySet()) {
            if (!slots.containsKey(key)) {
                throw new SettingsException(
                        path,
                        "the unknown key " + SettingsNames.quote(key),
                        slots.isEmpty() ? "no key" : "one of " + String.join(", ", slots.keySet()),
                        mean(key, slots.keySet()));
            }
        }
        Map<String, Object> values = SettingsType.defaults(type);
        values.putAll(given);
        List<@Nullable Object> arguments = new ArrayList<>();
        for (SettingsType.Slot slot : slots.values()) {
            String at = SettingsNames.join(path, slot.key());
            Object value = values.get(slot.key());
            if (value == null) {
                if (!slot.optional()) {
                    throw new SettingsException(at, "nothing", expected(slot), "");
                }
                arguments.add(null);
            } else {
                arguments.add(value(slot, value, at));
            }
        }
        return construct(type, arguments, path);
    }

    private static Object construct(Class<?> type, List<@Nullable Object> arguments, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SettingsException inner) {
                throw inner.inside(path);
            }
            if (e.getCause() instanceof IllegalArgumentException refused) {
                SettingsException error = new SettingsException(
                        path, "values that do not fit", "others", String.valueOf(refused.getMessage()));
                error.initCause(refused);
                throw error;
            }
            throw new IllegalStateException("settings: the constructor of " + type.getName() + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "settings: got " + type.getName() + "; expected a record that can be made", e);
        }
    }

    private static Object value(SettingsType.Slot slot, Object value, String path) {
        Class<?> element = slot.element();
        if (element == null) {
            return scalar(slot.type(), value, path);
        }
        if (!(value instanceof List<?> list)) {
            throw new SettingsException(path, describe(value), expected(slot), "write [a, b, c]");
        }
        List<Object> read = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Object entry = list.get(i);
            String at = path + "[" + i + "]";
            if (entry == null) {
                throw new SettingsException(at, "nothing", expected(element), "");
            }
            read.add(scalar(element, entry, at));
        }
        return List.copyOf(read);
    }

    private static Object scalar(Class<?> type, Object value, String path) {
        if (type == int.class || type == Integer.class) {
            return (int) integer(value, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return integer(value, path, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
                return number.doubleValue();
            }
        } else if (type == boolean.class || type == Boolean.class) {
            if (value instanceof Boolean) {
                return value;
            }
        } else if (type == String.class) {
            if (value instanceof String) {
                return value;
            }
        } else if (type.isEnum()) {
            return constant(type, value, path);
        } else if (type.isRecord() || SettingsType.isChoice(type)) {
            if (type.isInstance(value)) {
                return value;
            }
            if (value instanceof Map<?, ?> map) {
                return section(type, map, path);
            }
        } else {
            throw new IllegalArgumentException("settings: got a component of " + type.getName() + " at " + path
                    + "; expected int, long, double, boolean, String, an enum, a record or a list of these");
        }
        throw new SettingsException(path, describe(value), expected(type), "");
    }

    private static Object constant(Class<?> type, Object value, String path) {
        List<String> words = SettingsType.words(type);
        String expected = "one of " + String.join(", ", words);
        if (type.isInstance(value)) {
            return value;
        }
        if (!(value instanceof String word)) {
            throw new SettingsException(path, describe(value), expected, "");
        }
        for (int i = 0; i < words.size(); i++) {
            if (SettingsNames.sameWord(words.get(i), word)) {
                return type.getEnumConstants()[i];
            }
        }
        throw new SettingsException(path, SettingsNames.quote(word), expected, mean(word, words));
    }

    private static long integer(Object value, String path, long least, long most) {
        BigInteger exact;
        if (value instanceof BigInteger big) {
            exact = big;
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            exact = BigInteger.valueOf(((Number) value).longValue());
        } else {
            throw new SettingsException(path, describe(value), "an integer", "");
        }
        if (exact.compareTo(BigInteger.valueOf(least)) < 0 || exact.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new SettingsException(path, describe(value), "an integer from " + least + " to " + most, "");
        }
        return exact.longValue();
    }

    private static Map<String, Object> stringKeys(Map<?, ?> map, String path) {
        Map<String, Object> keyed = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new SettingsException(path, "the key " + describe(entry.getKey()), "a string", "");
            }
            keyed.put(key, entry.getValue());
        }
        return keyed;
    }

    static String describe(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof String text) {
            return "the text " + SettingsNames.quote(text);
        }
        if (value instanceof Map) {
            return "a section";
        }
        if (value instanceof List) {
            return "a list";
        }
        String shown = value.toString();
        return shown.length() <= 40 ? shown : shown.substring(0, 40) + "...";
    }

    static String expected(SettingsType.Slot slot) {
        Class<?> element = slot.element();
        return element == null ? expected(slot.type()) : "a list, each " + expected(element);
    }

    static String expected(Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "an integer";
        }
        if (type == double.class || type == Double.class) {
            return "a finite number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "text";
        }
        return type.isEnum() ? "one of " + String.join(", ", SettingsType.words(type)) : "a section";
    }
}
