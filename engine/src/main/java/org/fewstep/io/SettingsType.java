package org.fewstep.io;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What reflection says about the records that hold settings. */
final class SettingsType {
    /** The key that picks one record of a sealed interface. */
    static final String KIND = "kind";

    private SettingsType() {}

    /** The type of a component, its list's element type if it is a list, and whether it may be absent. */
    record Slot(String key, Class<?> type, @Nullable Class<?> element, boolean optional) {}

    /** Keys of a record in the order of its components. */
    static Map<String, Slot> slots(Class<?> record) {
        Map<String, Slot> slots = new LinkedHashMap<>();
        for (RecordComponent component : record.getRecordComponents()) {
            String key = SettingsNames.key(component.getName());
            slots.put(key, slot(key, component));
        }
        return slots;
    }

    private static Slot slot(String key, RecordComponent component) {
        AnnotatedType annotated = component.getAnnotatedType();
        boolean optional = annotated.isAnnotationPresent(Nullable.class);
        Class<?> element = null;
        if (component.getType() == List.class) {
            Type generic = component.getGenericType();
            element =
                    generic instanceof ParameterizedType list && list.getActualTypeArguments()[0] instanceof Class<?> c
                            ? c
                            : Object.class;
        }
        return new Slot(key, component.getType(), element, optional);
    }

    /** True for a sealed interface of records, one of which the key {@link #KIND} names. */
    static boolean isChoice(Class<?> type) {
        return type.isInterface() && type.isSealed();
    }

    /** The records of a sealed interface, and of the sealed interfaces among them, by their kind. */
    static Map<String, Class<?>> kinds(Class<?> choice) {
        Map<String, Class<?>> kinds = new LinkedHashMap<>();
        for (Class<?> record : choice.getPermittedSubclasses()) {
            if (isChoice(record)) {
                kinds.putAll(kinds(record));
                continue;
            }
            if (!record.isRecord()) {
                throw new IllegalArgumentException("settings: got " + record.getName() + " in the sealed "
                        + choice.getSimpleName() + "; expected records, or sealed interfaces of records");
            }
            kinds.put(SettingsNames.key(record.getSimpleName()), record);
        }
        return kinds;
    }

    /** Values of optional keys: the result of the record's static {@code defaults()}, or none. */
    static Map<String, Object> defaults(Class<?> record) {
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            Method method = record.getDeclaredMethod("defaults");
            if (!Modifier.isStatic(method.getModifiers())) {
                return values;
            }
            method.setAccessible(true);
            if (method.invoke(null) instanceof Map<?, ?> map) {
                map.forEach((key, value) -> values.put(String.valueOf(key), value));
            }
            return values;
        } catch (NoSuchMethodException none) {
            return values;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "settings: got a failing defaults() of " + record.getName() + "; expected a map", e);
        }
    }

    /** Constant names of an enum as written in files. */
    static List<String> words(Class<?> type) {
        List<String> words = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            words.add(SettingsNames.word((Enum<?>) constant));
        }
        return words;
    }
}
