package org.fewstep.sample;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to build a network and to call it.
 *
 * @param network structure
 * @param dtype of the parameters, F32 or F64
 * @param path in whose time the network is called; null for a network without time
 * @param shape of one sample, which the network accepts
 */
public record ModelSpec(
        NetworkConfig network, DType dtype, @Nullable Path path, List<Integer> shape) {
    public ModelSpec {
        shape = List.copyOf(shape);
        if (!network.accepts(shape)) {
            throw new IllegalArgumentException("model: got samples of shape " + shape + " for " + network
                    + "; expected the shape that the network takes");
        }
        if ((path == null) != (network.times() == 0)) {
            throw new IllegalArgumentException("model: got " + (path == null ? "no path" : "path " + path.name())
                    + " for a network with " + network.times() + " times; expected a path exactly for one with times");
        }
        if (!dtype.floating()) {
            throw new IllegalArgumentException("model: got " + dtype + "; expected F32 or F64");
        }
    }

    /**
     * The path of a network with times.
     *
     * @throws IllegalStateException when the network has none
     */
    public Path requirePath() {
        if (path == null) {
            throw new IllegalStateException("model: got a network without time; expected one with a path");
        }
        return path;
    }

    /** Sizes of one sample. */
    public int[] sampleShape() {
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Sizes of a batch of n samples. */
    public int[] batchShape(int n) {
        int[] sizes = new int[shape.size() + 1];
        sizes[0] = n;
        for (int d = 0; d < shape.size(); d++) {
            sizes[d + 1] = shape.get(d);
        }
        return sizes;
    }
}
