package org.fewstep.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Parameters under the names and in the layouts of published PyTorch state dictionaries: a linear layer's W (in, out) is
 * its {@code weight} (out, in), b its {@code bias}, an embedding's table its {@code weight}; all else is the same.
 */
public final class StateDict {
    /** The published values by name. */
    @FunctionalInterface
    public interface Source {
        /**
         * Values of a name, row-major.
         *
         * @param shape published shape that the network wants
         * @return null where the dictionary does not have the name
         */
        double @Nullable [] values(String name, Shape shape);
    }

    private StateDict() {}

    /** Published name of a parameter. */
    public static String name(String own) {
        int dot = own.lastIndexOf('.') + 1;
        String last = own.substring(dot);
        return own.substring(0, dot)
                + switch (last) {
                    case "W", "table" -> "weight";
                    case "b" -> "bias";
                    default -> last;
                };
    }

    private static boolean turned(String own) {
        return own.equals("W") || own.endsWith(".W");
    }

    /** Published shape of a parameter. */
    public static Shape shape(String own, Shape shape) {
        return turned(own) ? Shape.of(shape.dim(1), shape.dim(0)) : shape;
    }

    /** A value of a parameter's shape, or a gradient, in the published layout. */
    public static double[] published(String own, Shape shape, double[] values) {
        return turned(own) ? turn(values, shape.dim(0), shape.dim(1)) : values.clone();
    }

    private static double[] turn(double[] x, int rows, int columns) {
        double[] y = new double[x.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                y[j * rows + i] = x[i * columns + j];
            }
        }
        return y;
    }

    /**
     * Sets all parameters of a module. Constants that the dictionary does not have keep their values.
     *
     * @return the published names that were used
     * @throws IllegalArgumentException when trained parameters are missing, naming all of them, or a size is wrong
     */
    public static Set<String> load(Module module, Source source) {
        Map<Parameter, double[]> values = new LinkedHashMap<>();
        Set<String> used = new LinkedHashSet<>();
        Set<String> missing = new TreeSet<>();
        module.parameters().forEach((own, parameter) -> {
            String name = name(own);
            Shape shape = shape(own, parameter.shape());
            double[] found = source.values(name, shape);
            if (found == null) {
                if (parameter.trained()) {
                    missing.add(name + " " + shape);
                }
                return;
            }
            if (found.length != shape.count()) {
                throw new IllegalArgumentException(
                        "state dictionary: got " + found.length + " numbers for " + name + "; expected " + shape);
            }
            used.add(name);
            values.put(parameter, turned(own) ? turn(found, shape.dim(0), shape.dim(1)) : found);
        });
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "state dictionary: got no " + String.join(", ", missing) + "; expected all trained parameters");
        }
        values.forEach((parameter, v) -> parameter.buffer().device().write(parameter.buffer(), v, 0, v.length));
        return used;
    }
}
