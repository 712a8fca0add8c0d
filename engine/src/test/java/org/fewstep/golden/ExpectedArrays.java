package org.fewstep.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonObject;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;

/**
 * The expected arrays of one case, each to be met exactly once. Arrays inside objects are called by their path with
 * slashes, {@code l2/grad_W0}.
 *
 * <p>|a - b| &lt;= tolerance max(max |b|, 1e-3 S, 1e-6), b the expected array and S the largest finite magnitude of its
 * variant: the top-level entry it stands in, or all flat entries together, unless the adapter says otherwise. Integers are compared exactly.
 */
final class ExpectedArrays {
    private static final double FLOOR = 1e-6;
    private static final double OF_VARIANT = 1e-3;

    private final Map<String, JsonCursor> leaves = new LinkedHashMap<>();
    private final Map<String, NumericArray> arrays = new LinkedHashMap<>();
    private final Map<String, Double> scales = new HashMap<>();
    private final Set<String> options = new HashSet<>();
    private final Set<String> met = new HashSet<>();
    private final List<String> failures = new ArrayList<>();
    private final JsonCursor expected;
    private final DType dtype;
    private final Adapter adapter;
    private int compared;

    ExpectedArrays(JsonCursor expected, DType dtype, Adapter adapter) {
        this.expected = expected;
        this.dtype = dtype;
        this.adapter = adapter;
        collect("", expected);
        if (leaves.isEmpty()) {
            throw expected.fail("no array", "at least one", "a case must compare something");
        }
    }

    private void collect(String path, JsonCursor at) {
        if (at.value() instanceof JsonObject object) {
            for (String key : object.members().keySet()) {
                collect(path.isEmpty() ? key : path + "/" + key, at.get(key));
            }
        } else if (at.value() instanceof JsonArray array
                && array.values().stream().anyMatch(JsonObject.class::isInstance)) {
            for (int i = 0; i < array.values().size(); i++) {
                collect(path + "/" + i, at.at(i));
            }
        } else {
            leaves.put(path, at);
        }
    }

    /** Keys of the object at a path, in file order; the names of the variants. */
    Set<String> keys(String... path) {
        JsonCursor at = expected;
        for (String key : path) {
            at = at.get(key);
        }
        return new LinkedHashSet<>(at.keys());
    }

    boolean has(String path) {
        return leaves.containsKey(path);
    }

    /** An entry that is an input of its variant: read, not compared. Options are read before arrays are offered. */
    JsonCursor option(String path) {
        JsonCursor leaf = leaves.get(path);
        if (leaf == null) {
            throw new AssertionError("expected: got no option \"" + path + "\"; the adapter needs it");
        }
        options.add(path);
        return leaf;
    }

    /** Offers a tensor of the case's dtype. */
    void offer(String path, Tensor value) {
        offer(path, value, Tolerance.VALUE);
    }

    void offer(String path, Tensor value, Tolerance tolerance) {
        offer(path, value.toDoubles(), tolerance, value.shape().sizes());
    }

    /** Offers numbers that were computed on the host in double; with no sizes they are a list. */
    void offer(String path, double[] values, int... shape) {
        offer(path, values, Tolerance.VALUE, shape.length == 0 ? new int[] {values.length} : shape);
    }

    void offer(String path, double value) {
        offer(path, new double[] {value}, Tolerance.VALUE, new int[0]);
    }

    void offer(String path, int[] values) {
        offer(path, Arrays.stream(values).asDoubleStream().toArray(), values.length);
    }

    /**
     * Compares a value with the expected array of that path. A path that the file does not have is let pass: files of one
     * kind differ in what they print.
     */
    void offer(String path, double[] got, Tolerance tolerance, int[] shape) {
        JsonCursor leaf = leaves.get(path);
        if (leaf == null) {
            return;
        }
        if (!met.add(path)) {
            failures.add(path + ": offered twice");
            return;
        }
        if (dtype == DType.F32 && tolerance.f64Only()) {
            return;
        }
        compared++;
        NumericArray want = array(path);
        boolean single = want.values().length == 1 && got.length == 1;
        if (!single && !Arrays.equals(want.shape(), shape)) {
            failures.add(
                    path + ": got shape " + Arrays.toString(shape) + "; expected " + Arrays.toString(want.shape()));
            return;
        }
        double allowed = want.integers()
                ? 0
                : (dtype == DType.F32 ? adapter.f32Bound() : tolerance.f64)
                        * Math.max(want.largest(), Math.max(OF_VARIANT * scale(path), FLOOR));
        double worst = 0;
        int where = -1;
        for (int i = 0; i < got.length; i++) {
            double b = want.values()[i];
            double difference = got[i] == b ? 0 : Math.abs(got[i] - b);
            // Written so that NaN is a difference.
            if (!(difference <= allowed) && (where < 0 || !(difference <= worst))) {
                worst = difference;
                where = i;
            }
        }
        if (where >= 0) {
            failures.add(path + "[" + where + "]: got " + got[where] + "; expected " + want.values()[where]
                    + "; difference " + worst + ", allowed " + allowed);
        }
    }

    private NumericArray array(String path) {
        return arrays.computeIfAbsent(path, p -> NumericArray.of(leaves.get(p)));
    }

    /** S of the variant that a path stands in. */
    private double scale(String path) {
        return scales.computeIfAbsent(adapter.variant(path), this::scaleOf);
    }

    private double scaleOf(String variant) {
        double largest = 0;
        for (String other : leaves.keySet()) {
            if (adapter.variant(other).equals(variant)
                    && !options.contains(other)
                    && !array(other).integers()) {
                largest = Math.max(largest, array(other).largest());
            }
        }
        return largest;
    }

    /** Number of arrays compared so far. */
    int compared() {
        return compared;
    }

    /**
     * Ends the case.
     *
     * @throws AssertionError when a value differs, or an expected array was never offered
     */
    void finish() {
        for (String path : leaves.keySet()) {
            if (!met.contains(path) && !options.contains(path)) {
                failures.add("unknown expected key \"" + path + "\": the adapter offers nothing for it");
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(dtype + ": " + failures.size() + " failures\n  " + String.join("\n  ", failures));
        }
    }
}
