package org.fewstep.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonNumber;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonValue;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The golden test can fail: in each of the project's own files, one number of each expected array is changed in turn, its
 * largest by a thousandth, a 0 by as much, or an integer by 1, and the file must then fail at that array; of the hundreds of gradients of a
 * whole network, a few.
 */
class GoldenMutationTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("basedir", "")).resolve("src/test/resources/golden");

    /** Below it an array's largest number is what rounding has left of 0. */
    private static final double ROUNDING = 1e-14;

    private static final int MANY = 40;
    private static final int GRADIENTS = 4;

    @TestFactory
    Stream<DynamicTest> everyChangedNumberIsNoticed() {
        return GoldenCases.in(FOLDER, List.of()).stream()
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> mutate(one)));
    }

    private static void mutate(GoldenCases.Case one) {
        Adapter adapter = Adapters.of(one.family(), one.file());
        JsonObject root = one.read();
        List<String> paths = new ArrayList<>();
        leaves(root.members().get("expected"), "", paths);
        paths.removeIf(adapter::isOption);
        int arrays = check(adapter, root);
        assertEquals(arrays, paths.size(), "arrays compared");
        for (String path : thinned(paths)) {
            Map<String, JsonValue> members = new LinkedHashMap<>(root.members());
            members.put("expected", changed(members.get("expected"), path));
            AssertionError error =
                    assertThrows(AssertionError.class, () -> check(adapter, new JsonObject(members)), path);
            assertTrue(error.getMessage().contains("\n  " + path + "["), error.getMessage());
        }
    }

    /** All arrays of a small case; of one with hundreds of gradients, every other array and some of the gradients. */
    private static List<String> thinned(List<String> paths) {
        if (paths.size() <= MANY) {
            return paths;
        }
        List<String> some = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            if (!paths.get(i).startsWith("grad") || i % (paths.size() / GRADIENTS) == 0) {
                some.add(paths.get(i));
            }
        }
        return some;
    }

    private static int check(Adapter adapter, JsonObject root) {
        Device device = Devices.require("cpu");
        try (Scope scope = device.scope()) {
            return GoldenRun.check(adapter, JsonCursor.root(root, "case"), device, DType.F64);
        }
    }

    private static void leaves(JsonValue value, String path, List<String> paths) {
        if (value instanceof JsonObject object) {
            object.members().forEach((key, v) -> leaves(v, path.isEmpty() ? key : path + "/" + key, paths));
        } else if (isListOfObjects(value)) {
            List<JsonValue> values = ((JsonArray) value).values();
            for (int i = 0; i < values.size(); i++) {
                leaves(values.get(i), path + "/" + i, paths);
            }
        } else {
            paths.add(path);
        }
    }

    private static boolean isListOfObjects(JsonValue value) {
        return value instanceof JsonArray array && array.values().stream().anyMatch(JsonObject.class::isInstance);
    }

    private static JsonValue changed(JsonValue value, String path) {
        if (path.isEmpty()) {
            double[] numbers = NumericArray.of(JsonCursor.root(value, "array")).values();
            int where = 0;
            for (int i = 0; i < numbers.length; i++) {
                where = Math.abs(numbers[i]) > Math.abs(numbers[where]) ? i : where;
            }
            return changed(value, new int[] {where});
        }
        if (value instanceof JsonArray array) {
            String key = path.split("/", 2)[0];
            List<JsonValue> values = new ArrayList<>(array.values());
            int i = Integer.parseInt(key);
            values.set(i, changed(values.get(i), behind(path, key)));
            return new JsonArray(values);
        }
        Map<String, JsonValue> members = new LinkedHashMap<>(((JsonObject) value).members());
        // A key may have a slash itself.
        members.replaceAll(
                (key, v) -> path.equals(key) || path.startsWith(key + "/") ? changed(v, behind(path, key)) : v);
        return new JsonObject(members);
    }

    private static String behind(String path, String key) {
        return path.substring(Math.min(path.length(), key.length() + 1));
    }

    /** Changes the number that {@code left[0]} numbers precede. */
    private static JsonValue changed(JsonValue value, int[] left) {
        if (value instanceof JsonArray array) {
            List<JsonValue> values = new ArrayList<>();
            for (JsonValue v : array.values()) {
                values.add(changed(v, left));
            }
            return new JsonArray(values);
        }
        JsonNumber number = (JsonNumber) value;
        if (left[0]-- != 0) {
            return number;
        }
        if (number.isInteger()) {
            return JsonNumber.of(number.asLong() + 1);
        }
        double v = number.asDouble();
        return JsonNumber.of(Math.abs(v) < ROUNDING ? 1e-3 : v * 1.001);
    }
}
