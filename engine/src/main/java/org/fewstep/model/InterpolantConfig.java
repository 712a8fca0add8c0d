package org.fewstep.model;

import java.util.EnumSet;
import java.util.List;

/**
 * Everything that fixes the structure of an {@link InterpolantNetwork}.
 *
 * @param each structure of the network of each field: one time, no classes
 * @param fields what is learned, each once, the drift among them
 */
public record InterpolantConfig(NetworkConfig each, List<InterpolantField> fields) implements NetworkConfig {
    public InterpolantConfig {
        fields = List.copyOf(fields);
        if (each.times() != 1 || each.classes() != 0 || each instanceof InterpolantConfig) {
            throw new IllegalArgumentException("interpolant: got a network with " + each.times() + " times and "
                    + each.classes() + " classes for each field; expected one time and no classes");
        }
        requireFields(fields);
    }

    /** Refuses fields without the drift, or one twice. */
    public static void requireFields(List<InterpolantField> fields) {
        if (!fields.contains(InterpolantField.B) || EnumSet.copyOf(fields).size() != fields.size()) {
            throw new IllegalArgumentException(
                    "interpolant: got fields " + fields + "; expected B and any of S and ETA, each once");
        }
    }

    @Override
    public int dim() {
        return each.dim();
    }

    @Override
    public int classes() {
        return 0;
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public boolean accepts(List<Integer> shape) {
        return each.accepts(shape);
    }

    @Override
    public double leastNumbers() {
        return fields.size() * each.leastNumbers();
    }

    @Override
    public InterpolantNetwork build(Init init) {
        return new InterpolantNetwork(init, this);
    }
}
