package org.fewstep.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonNumber;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonString;
import org.fewstep.io.JsonValue;
import org.fewstep.io.SafeTensors;

/**
 * Brings the arrays of a network's {@code .safetensors} file into its JSON: the result reads as a layer's case, with weights,
 * inputs, {@code grad_PARAMETER} and {@code grad_of_jvp_PARAMETER} in place. Every tensor of the file is used.
 */
final class WeightsFile {
    private static final String REFERENCE = "tensor ";

    private final SafeTensors.Reader file;
    private final Set<String> unused;

    private WeightsFile(SafeTensors.Reader file) {
        this.file = file;
        this.unused = new TreeSet<>(file.names());
    }

    /** The case with all arrays in place, or the case itself if it has no weights file. */
    static JsonObject inline(Path json, JsonObject root) {
        if (!(root.members().get("model") instanceof JsonObject model)
                || !(model.members().get("weights_file") instanceof JsonString name)) {
            return root;
        }
        if (name.value().contains("/") || name.value().contains("\\")) {
            throw new AssertionError("weights_file: got " + name.value() + "; expected a file beside the case");
        }
        try (SafeTensors.Reader reader = SafeTensors.open(json.resolveSibling(name.value()))) {
            return new WeightsFile(reader).inline(root, model);
        }
    }

    private JsonObject inline(JsonObject root, JsonObject model) {
        Map<String, JsonValue> weights = new TreeMap<>();
        Map<String, JsonValue> inputs = resolved("input/", root.members().get("inputs"));
        Map<String, JsonValue> expected = resolved("expected/", root.members().get("expected"));
        for (String name : file.names()) {
            if (name.startsWith("grad/") || name.startsWith("grad_of_jvp/")) {
                expected.put(name.replaceFirst("/", "_"), take(name));
            } else if (!name.contains("/")) {
                weights.put(name, take(name));
            }
        }
        Map<String, JsonValue> newModel = new LinkedHashMap<>(model.members());
        newModel.remove("weights_file");
        newModel.put("weights", new JsonObject(weights));
        Map<String, JsonValue> members = new LinkedHashMap<>(root.members());
        members.put("model", new JsonObject(newModel));
        members.put("inputs", new JsonObject(inputs));
        members.put("expected", new JsonObject(expected));
        if (!unused.isEmpty()) {
            throw new AssertionError("weights file: nothing uses " + unused);
        }
        return new JsonObject(members);
    }

    /**
     * The object with its references replaced by arrays, and without the two lines that describe the gradients. Small arrays
     * stand in both files and must agree.
     */
    private Map<String, JsonValue> resolved(String prefix, JsonValue object) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        ((JsonObject) object).members().forEach((key, value) -> {
            if (value instanceof JsonString text && text.value().startsWith(REFERENCE)) {
                String name = text.value().substring(REFERENCE.length());
                if (!name.endsWith("/NAME")) {
                    members.put(key, take(name));
                }
                return;
            }
            members.put(key, value);
            if (unused.contains(prefix + key)) {
                double[] here = NumericArray.of(JsonCursor.root(value, key)).values();
                double[] there = NumericArray.of(JsonCursor.root(take(prefix + key), key))
                        .values();
                if (!Arrays.equals(here, there)) {
                    throw new AssertionError("weights file: " + prefix + key + " differs from the case's own numbers");
                }
            }
        });
        return members;
    }

    private JsonValue take(String name) {
        unused.remove(name);
        long[] shape = file.info(name).shape();
        return array(file.readDoubles(name), shape, 0, new int[1]);
    }

    private static JsonValue array(double[] values, long[] shape, int depth, int[] at) {
        if (depth == shape.length) {
            return JsonNumber.of(values[at[0]++]);
        }
        List<JsonValue> elements = new ArrayList<>();
        for (long i = 0; i < shape[depth]; i++) {
            elements.add(array(values, shape, depth + 1, at));
        }
        return new JsonArray(elements);
    }
}
