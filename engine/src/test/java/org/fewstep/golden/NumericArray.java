package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonNumber;
import org.fewstep.io.JsonString;

/**
 * Numbers of a case file, row-major.
 *
 * @param shape sizes; () for a scalar
 * @param integers whether all of them are written as integers
 */
record NumericArray(double[] values, int[] shape, boolean integers) {
    /** The numbers at a place; infinities are written as strings. */
    static NumericArray of(JsonCursor at) {
        List<Double> values = new ArrayList<>();
        List<Integer> shape = new ArrayList<>();
        boolean[] integers = {true};
        collect(at, 0, shape, values, integers);
        return new NumericArray(
                values.stream().mapToDouble(Double::doubleValue).toArray(),
                shape.stream().mapToInt(Integer::intValue).toArray(),
                integers[0] && !values.isEmpty());
    }

    private static void collect(
            JsonCursor at, int depth, List<Integer> shape, List<Double> values, boolean[] integers) {
        if (at.value() instanceof JsonArray array) {
            int size = array.values().size();
            if (shape.size() == depth && values.isEmpty()) {
                shape.add(size);
            }
            if (depth >= shape.size() || shape.get(depth) != size) {
                throw at.fail(size + " elements", "as many as in the first row", "the rows differ");
            }
            for (JsonCursor element : at.elements()) {
                collect(element, depth + 1, shape, values, integers);
            }
            return;
        }
        if (depth != shape.size()) {
            throw at.fail(at.value().kind(), "an array as in the first row", "the rows differ in depth");
        }
        if (at.value() instanceof JsonNumber number) {
            values.add(at.asDouble());
            integers[0] &= number.isInteger();
        } else if (at.value() instanceof JsonString string && string.value().equals("Infinity")) {
            values.add(Double.POSITIVE_INFINITY);
            integers[0] = false;
        } else if (at.value() instanceof JsonString string && string.value().equals("-Infinity")) {
            values.add(Double.NEGATIVE_INFINITY);
            integers[0] = false;
        } else {
            throw at.fail(at.value().kind(), "a number", "check the file");
        }
    }

    /** Largest finite magnitude, 0 if there is none. */
    double largest() {
        double largest = 0;
        for (double v : values) {
            if (Double.isFinite(v)) {
                largest = Math.max(largest, Math.abs(v));
            }
        }
        return largest;
    }
}
