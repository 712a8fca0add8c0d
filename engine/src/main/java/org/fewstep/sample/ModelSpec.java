package org.fewstep.sample;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to build a network and to call it.
 *
 * @param network structure
 * @param dtype of the parameters, F32 or F64
 * @param path from noise to data in whose time the network is called; null for a network without time, for a bridge and
 *     where there is a parametrisation
 * @param bridge between two data sets whose fields the network gives; null for any other network
 * @param parametrisation how the network's output becomes clean data at a noise level; null for any other network
 * @param shape of one sample, which the network accepts
 */
public record ModelSpec(
        NetworkConfig network,
        DType dtype,
        @Nullable Path path,
        @Nullable StochasticInterpolant bridge,
        @Nullable Parametrisation parametrisation,
        List<Integer> shape) {
    /** A model without a bridge. */
    public ModelSpec(NetworkConfig network, DType dtype, @Nullable Path path, List<Integer> shape) {
        this(network, dtype, path, null, null, shape);
    }

    /** A model without a parametrisation. */
    public ModelSpec(
            NetworkConfig network,
            DType dtype,
            @Nullable Path path,
            @Nullable StochasticInterpolant bridge,
            List<Integer> shape) {
        this(network, dtype, path, bridge, null, shape);
    }

    /** A model of noise levels. */
    public static ModelSpec ofLevels(
            NetworkConfig network, DType dtype, Parametrisation parametrisation, List<Integer> shape) {
        return new ModelSpec(network, dtype, null, null, parametrisation, shape);
    }

    public ModelSpec {
        shape = List.copyOf(shape);
        if (!network.accepts(shape)) {
            throw new IllegalArgumentException("model: got samples of shape " + shape + " for " + network
                    + "; expected the shape that the network takes");
        }
        boolean bridged = network instanceof InterpolantConfig;
        if ((bridge != null) != bridged) {
            throw new IllegalArgumentException(
                    "model: got " + (bridge == null ? "no bridge" : "bridge " + bridge.name()) + " for " + network
                            + "; expected a bridge exactly for the fields of one");
        }
        if (parametrisation != null && (network.times() != parametrisation.times() || bridged)) {
            throw new IllegalArgumentException("model: got a " + parametrisation.describe() + " for " + network
                    + "; expected a network with times " + parametrisation.times());
        }
        if ((path == null) != (network.times() == 0 || bridged || parametrisation != null)) {
            throw new IllegalArgumentException("model: got " + (path == null ? "no path" : "path " + path.name())
                    + " for a network with " + network.times() + " times; expected a path exactly for one with times"
                    + " that has no bridge and no parametrisation");
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
            throw new IllegalStateException(
                    "model: got a network without time, or of noise levels; expected one with a path");
        }
        return path;
    }

    /**
     * The bridge between two data sets.
     *
     * @throws IllegalStateException when the model starts from noise, or makes no samples
     */
    public StochasticInterpolant requireBridge() {
        if (bridge == null) {
            throw new IllegalStateException("model: got a network without a bridge; expected the fields of one");
        }
        return bridge;
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
