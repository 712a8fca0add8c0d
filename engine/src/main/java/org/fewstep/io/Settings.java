package org.fewstep.io;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Configurations as immutable records, bound from nested maps (of YAML or JSON) and written back to them.
 *
 * <p>A component {@code logEvery} is the key {@code log-every}. Components are int, long, double, boolean, String, enums
 * (case and hyphen or underscore do not matter), records, sealed interfaces of records, and Lists of these. The key
 * {@code kind} names the record of a sealed interface: {@code mean-flow} for the record {@code MeanFlow}. An absent key
 * takes its value from the record's {@code static Map<String, Object> defaults()}, is null where the component is
 * {@code @Nullable}, and is an error otherwise. Unknown keys are errors. A record checks its ranges in its compact
 * constructor by {@link SettingsChecks}; the binder puts the path in front. All errors are {@link SettingsException}s.
 */
public final class Settings {
    private Settings() {}

    /** The record of a map. */
    public static <R> R bind(Class<R> type, Map<String, ?> map) {
        return type.cast(SettingsReader.section(type, map, ""));
    }

    /** The map of a record; null components are left out. */
    public static Map<String, Object> toMap(Record record) {
        return SettingsWriter.section(record);
    }

    /**
     * A copy of the map with {@code a.b=c} carried out. The text becomes what the component needs; lists are written
     * {@code 1,2} or {@code [1, 2]}; an empty text takes the value of an optional component away.
     *
     * @param type record that the map is for
     */
    public static Map<String, Object> override(Class<?> type, Map<String, ?> map, String assignment) {
        return new SettingsOverride(assignment).apply(type, map);
    }

    /** Several {@link #override}s, in order. */
    public static Map<String, Object> override(Class<?> type, Map<String, ?> map, Iterable<String> assignments) {
        Map<String, Object> result = new LinkedHashMap<>(map);
        for (String assignment : assignments) {
            result = override(type, result, assignment);
        }
        return result;
    }

    /** A map as JSON, in its order. */
    public static JsonObject toJson(Map<String, ?> map) {
        return (JsonObject) SettingsJson.toJson(map);
    }

    /** The map of a JSON object; members that are null are left out. */
    public static Map<String, Object> fromJson(JsonObject object) {
        return SettingsJson.fromJson(object);
    }
}
