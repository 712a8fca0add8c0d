package org.fewstep.sample;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.io.Crc32c;
import org.fewstep.io.Json;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonNumber;
import org.fewstep.io.JsonObject;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.Settings;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Buffer;
import org.fewstep.model.Module;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.tensor.Shape;

/** Collects networks and other state, then writes them as one {@link ModelFile}; the same content gives the same bytes. */
public final class ModelWriter {
    private final Map<String, String> metadata = new TreeMap<>();
    private final Map<String, TensorSource> tensors = new LinkedHashMap<>();

    /** Starts a file for networks of this structure. */
    public ModelWriter(ModelSpec spec) {
        put(ModelFile.KEY_FORMAT, ModelFile.FORMAT);
        structure(ModelFile.KEY_NETWORK, spec.network());
        put(ModelFile.KEY_DTYPE, spec.dtype().name());
        Path path = spec.path();
        if (path != null) {
            put(ModelFile.KEY_PATH, path.name());
            put(ModelFile.KEY_NOISE_TIME, JsonNumber.of((long) path.noiseTime()).text());
        }
        StochasticInterpolant bridge = spec.bridge();
        if (bridge != null) {
            put(ModelFile.KEY_BRIDGE, bridge.name());
        }
        Parametrisation parametrisation = spec.parametrisation();
        if (parametrisation != null) {
            put(ModelFile.KEY_PARAMETRISATION, Json.write(Settings.toJson(Settings.toMap(parametrisation))));
        }
        put(
                ModelFile.KEY_SHAPE,
                Json.write(JsonArray.of(
                        spec.shape().stream().mapToLong(Integer::longValue).toArray())));
    }

    /** Adds a line of metadata; a key is given once. */
    public ModelWriter put(String key, String value) {
        if (metadata.putIfAbsent(key, value) != null) {
            throw new IllegalArgumentException("model file: got metadata \"" + key + "\" twice; expected it once");
        }
        return this;
    }

    /** Adds the structure of a network under a key of the metadata. */
    public ModelWriter structure(String key, NetworkConfig network) {
        return put(key, Json.write(Settings.toJson(Settings.toMap((Record) network))));
    }

    /** Adds a network's parameters as {@code ROLE/PARAM}. */
    public ModelWriter network(String role, Module network) {
        network.parameters().forEach((name, p) -> tensor(role + "/" + name, p.buffer(), p.shape()));
        return this;
    }

    /** Adds one tensor; the buffer is read when the file is written. */
    public ModelWriter tensor(String name, Buffer buffer, Shape shape) {
        return tensor(name, new BufferSource(buffer, shape));
    }

    /** Adds one tensor. */
    public ModelWriter tensor(String name, TensorSource source) {
        if (tensors.putIfAbsent(name, source) != null) {
            throw new IllegalArgumentException("model file: got tensor \"" + name + "\" twice; expected it once");
        }
        return this;
    }

    /** Replaces the file, or leaves everything as it was. */
    public void write(java.nio.file.Path file) {
        JsonObject.Builder sums = JsonObject.builder();
        new TreeMap<>(tensors).forEach((name, source) -> sums.put(name, Crc32c.of(source)));
        Map<String, String> all = new TreeMap<>(metadata);
        all.put(ModelFile.KEY_CRC32C, Json.write(sums.build()));
        SafeTensors.write(file, all, tensors);
    }
}
