package org.fewstep.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place inside a JSON value that knows its path, so that every wrong type is reported as {@code $.layers[3].W}.
 *
 * <p>All getters throw {@link BadFileException} if the value is of another kind.
 */
public final class JsonCursor {
    private final JsonValue value;
    private final String source;
    private final @Nullable JsonCursor parent;
    private final String step;

    private JsonCursor(JsonValue value, String source, @Nullable JsonCursor parent, String step) {
        this.value = value;
        this.source = source;
        this.parent = parent;
        this.step = step;
    }

    /** The root of a value that messages call {@code source}. */
    public static JsonCursor root(JsonValue value, String source) {
        return new JsonCursor(value, source, null, "$");
    }

    public JsonValue value() {
        return value;
    }

    /** The path from the root, for instance {@code $.a["odd key"][3]}. */
    public String path() {
        StringBuilder path = new StringBuilder();
        for (JsonCursor c = this; c != null; c = c.parent) {
            path.insert(0, c.step);
        }
        return path.toString();
    }

    /** The member, which must be there. */
    public JsonCursor get(String key) {
        JsonCursor member = find(key);
        if (member == null) {
            throw fail("the keys " + shortList(keys()), "the key " + BadFileException.quote(key), "add it");
        }
        return member;
    }

    /** The member, or null if the object has none of that name. */
    public @Nullable JsonCursor find(String key) {
        JsonValue member = object().members().get(key);
        if (member == null) {
            return null;
        }
        String next = key.matches("[A-Za-z_][A-Za-z_0-9]*") ? "." + key : "[" + new JsonWriter(0).string(key) + "]";
        return new JsonCursor(member, source, this, next);
    }

    /** Whether the object has such a member. */
    public boolean has(String key) {
        return object().members().containsKey(key);
    }

    /** The keys in file order. */
    public Set<String> keys() {
        return object().members().keySet();
    }

    /** Demands that the object has no other keys than these. */
    public void onlyKeys(Set<String> allowed) {
        for (String key : keys()) {
            if (!allowed.contains(key)) {
                List<String> sorted = new ArrayList<>(allowed);
                sorted.sort(null);
                throw fail("the unknown key " + BadFileException.quote(key), "one of " + sorted, "check the spelling");
            }
        }
    }

    /** Number of elements of an array. */
    public int size() {
        return array().values().size();
    }

    /** Element {@code index} of an array. */
    public JsonCursor at(int index) {
        List<JsonValue> values = array().values();
        if (index < 0 || index >= values.size()) {
            throw fail(values.size() + " elements", "an element " + index, "is the array cut off?");
        }
        return element(values, index);
    }

    /** The elements of an array. */
    public List<JsonCursor> elements() {
        List<JsonValue> values = array().values();
        List<JsonCursor> out = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            out.add(element(values, i));
        }
        return out;
    }

    public boolean isNull() {
        return value instanceof JsonNull;
    }

    public boolean asBool() {
        if (value instanceof JsonBool bool) {
            return bool.value();
        }
        throw wrong("true or false");
    }

    public String asString() {
        if (value instanceof JsonString string) {
            return string.value();
        }
        throw wrong("a string");
    }

    /** A finite double; a number beyond the largest double is an error. */
    public double asDouble() {
        if (value instanceof JsonNumber number) {
            try {
                return number.asDouble();
            } catch (ArithmeticException e) {
                throw fail(number.kind(), "at most 1.8e308", "too large for a double");
            }
        }
        throw wrong("a number");
    }

    /** An exact 64-bit integer; {@code 1.0} and {@code 1e3} are not integers. */
    public long asLong() {
        if (value instanceof JsonNumber number) {
            try {
                return number.asLong();
            } catch (ArithmeticException e) {
                throw fail(number.kind(), "a 64-bit integer", "write it without point and exponent");
            }
        }
        throw wrong("an integer");
    }

    /** An exact 32-bit integer. */
    public int asInt() {
        long exact = asLong();
        if (exact != (int) exact) {
            throw fail("the number " + exact, "a 32-bit integer", "too large");
        }
        return (int) exact;
    }

    /** The sizes of a number ({@code []}) or of an array nested to one depth with equal lengths, outermost first. */
    public int[] shape() {
        List<Integer> sizes = new ArrayList<>();
        for (JsonCursor c = this; c.value instanceof JsonArray array; c = c.at(0)) {
            sizes.add(array.values().size());
            if (array.values().isEmpty()) {
                break;
            }
        }
        int[] shape = sizes.stream().mapToInt(Integer::intValue).toArray();
        checkShape(shape, 0);
        return shape;
    }

    /** The numbers of a number or nested array, row-major; ragged arrays are errors. */
    public double[] asDoubles() {
        double[] out = new double[count(shape())];
        fill(out, new int[1]);
        return out;
    }

    /** As {@link #asDoubles}, for exact 64-bit integers. */
    public long[] asLongs() {
        long[] out = new long[count(shape())];
        fill(out, new int[1]);
        return out;
    }

    /** An error at this place, for checks made by the caller. */
    public BadFileException fail(String got, String expected, String hint) {
        return new BadFileException(source + " " + path(), BadFileException.NO_OFFSET, got, expected, hint);
    }

    private BadFileException wrong(String expected) {
        return fail(value.kind(), expected, "check the type");
    }

    private JsonObject object() {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw wrong("an object");
    }

    private JsonArray array() {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw wrong("an array");
    }

    private JsonCursor element(List<JsonValue> values, int index) {
        return new JsonCursor(values.get(index), source, this, "[" + index + "]");
    }

    private void checkShape(int[] shape, int axis) {
        if (axis == shape.length) {
            if (value instanceof JsonArray) {
                throw wrong("no array here (ragged nesting)");
            }
            return;
        }
        List<JsonValue> values = array().values();
        if (values.size() != shape[axis]) {
            throw fail(values.size() + " elements", shape[axis] + " as in the first row", "rows differ in length");
        }
        for (int i = 0; i < values.size(); i++) {
            element(values, i).checkShape(shape, axis + 1);
        }
    }

    private static int count(int[] shape) {
        int count = 1;
        for (int size : shape) {
            count *= size; // no overflow: every element was counted in memory, or a size is 0
        }
        return count;
    }

    private void fill(double[] out, int[] next) {
        if (value instanceof JsonArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                element(array.values(), i).fill(out, next);
            }
        } else {
            out[next[0]++] = asDouble();
        }
    }

    private void fill(long[] out, int[] next) {
        if (value instanceof JsonArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                element(array.values(), i).fill(out, next);
            }
        } else {
            out[next[0]++] = asLong();
        }
    }

    private static String shortList(Set<String> keys) {
        List<String> quoted =
                keys.stream().limit(8).map(BadFileException::quote).toList();
        return quoted + (keys.size() > 8 ? " and " + (keys.size() - 8) + " more" : "");
    }
}
