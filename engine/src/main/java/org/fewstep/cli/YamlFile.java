package org.fewstep.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML 1.2 with the JSON schema, cut down to what a recipe needs: one document, a mapping of text keys to text, numbers,
 * booleans, lists and mappings.
 *
 * <p>Anchors and aliases (the way to write a small file that unfolds to a huge one), tags, duplicate keys, empty values
 * and deep nesting are refused.
 */
final class YamlFile {
    /** Longest text in characters. */
    static final int MAX_LENGTH = 1 << 16;

    private static final int MAX_DEPTH = 8;

    private YamlFile() {}

    /**
     * The mapping that a text holds: values are String, Long, Double, Boolean, List or Map.
     *
     * @param source what messages call it
     * @throws IllegalArgumentException when it is not such a text; the message names line and column
     */
    static Map<String, Object> parse(String text, String source) {
        Object value = value(text, source);
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    source + ": got " + kind(value) + " at the top; expected keys with values, as in \"name: value\"");
        }
        return mapping(map, source);
    }

    /** A single value, as after {@code --set key=}. */
    static Object scalar(String text, String source) {
        return checked(value(text, source), source);
    }

    /** The text of a mapping, keys in its order. */
    static String write(Map<String, Object> mapping) {
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setWidth(100)
                        .build())
                .dumpToString(mapping);
    }

    private static Object value(String text, String source) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    source + ": got " + text.length() + " characters; expected at most " + MAX_LENGTH);
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(false)
                .setUseMarks(true)
                .build();
        try {
            refuseReferences(text, settings, source);
            return new Load(settings).loadFromString(text);
        } catch (MarkedYamlEngineException e) {
            throw new IllegalArgumentException(
                    source + place(e.getProblemMark()) + ": got " + problem(e) + "; expected plain YAML", e);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(source + ": got " + e.getMessage() + "; expected plain YAML", e);
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        return problem.isBlank() ? "text that is not YAML" : problem.strip().replaceAll("\\s+", " ");
    }

    private static void refuseReferences(String text, LoadSettings settings, String source) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof AliasEvent
                    || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
                throw new IllegalArgumentException(
                        source + place(event.getStartMark())
                                + ": got an anchor or alias (& or *); expected each value written out; put such text in quotes");
            }
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                throw new IllegalArgumentException(source + place(event.getStartMark()) + ": got more than " + MAX_DEPTH
                        + " levels; expected a flatter recipe");
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
    }

    private static Map<String, Object> mapping(Map<?, ?> map, String source) {
        Map<String, Object> checked = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(
                        source + ": got the key " + key + ", " + kind(key) + "; expected text; put it in quotes");
            }
            checked.put(name, checked(value, source + ", " + name));
        });
        return checked;
    }

    private static Object checked(Object value, String place) {
        if (value instanceof Map<?, ?> map) {
            return mapping(map, place);
        }
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            for (Object item : list) {
                items.add(checked(item, place));
            }
            return items;
        }
        if (value instanceof Integer number) {
            return (long) number;
        }
        if (value instanceof String || value instanceof Long || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Double number && Double.isFinite(number)) {
            return number;
        }
        throw new IllegalArgumentException(place + ": got " + (value == null ? "nothing" : value + ", " + kind(value))
                + "; expected text, a finite number, true, false, a list or keys with values");
    }

    private static String kind(Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof Map<?, ?>) {
            return "a mapping";
        }
        if (value instanceof List<?>) {
            return "a list";
        }
        if (value instanceof Boolean) {
            return "true or false";
        }
        return value instanceof Number ? "a number" : "text";
    }

    private static String place(Optional<Mark> mark) {
        return mark.map(m -> " line " + (m.getLine() + 1) + ", column " + (m.getColumn() + 1))
                .orElse("");
    }
}
