package org.fewstep.io;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes records as nested maps, the inverse of {@link SettingsReader}. */
final class SettingsWriter {
    private SettingsWriter() {}

    static Map<String, Object> section(Object record) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Class<?> role : record.getClass().getInterfaces()) {
            if (SettingsType.isChoice(role)) {
                map.put(SettingsType.KIND, SettingsNames.key(record.getClass().getSimpleName()));
            }
        }
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = read(record, component.getAccessor());
            if (value != null) {
                map.put(SettingsNames.key(component.getName()), plain(value));
            }
        }
        return map;
    }

    private static @Nullable Object read(Object record, Method accessor) {
        try {
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "settings: got " + record.getClass().getName() + "; expected a record that can be read", e);
        }
    }

    private static Object plain(Object value) {
        if (value instanceof Enum<?> constant) {
            return SettingsNames.word(constant);
        }
        if (value instanceof Record) {
            return section(value);
        }
        if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            for (Object entry : list) {
                plain.add(plain(entry));
            }
            return plain;
        }
        return value;
    }
}
