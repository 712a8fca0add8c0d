package org.fewstep.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fewstep.data.Dataset;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsException;
import org.fewstep.model.NetworkConfig;

/**
 * Everything that fixes a training run, as written in a YAML file or in a checkpoint; the reference of its keys is the
 * documentation of the records below.
 *
 * @param name for lists and messages
 * @param description one sentence (default empty)
 * @param data what is learned from
 * @param method loss and path
 * @param network architecture
 * @param optimizer update rule
 * @param training length and bookkeeping
 * @param sample what to show at the end
 */
public record Recipe(
        String name,
        String description,
        DataSettings data,
        MethodSettings method,
        NetworkSettings network,
        OptimizerSettings optimizer,
        TrainingSettings training,
        SampleSettings sample) {
    static Map<String, Object> defaults() {
        return Map.of(
                "description",
                "",
                "optimizer",
                OptimizerSettings.DEFAULT,
                "training",
                TrainingSettings.DEFAULT,
                "sample",
                SampleSettings.DEFAULT);
    }

    public Recipe {
        boolean classifies = network instanceof NetworkSettings.ConvClassifier;
        if (classifies != (method.times() == 0)) {
            throw new SettingsException(
                    "network.kind",
                    classifies ? "conv-classifier" : "a network with times",
                    classifies ? "another, since the method needs times" : "conv-classifier, which the method needs",
                    "");
        }
        Integer times = network.times();
        if (times != null && times < method.times()) {
            throw new SettingsException(
                    "network.times", times.toString(), method.times() + ", which the method needs", "leave it out");
        }
        if (network.guided() != method.drawsGuidance()) {
            throw new SettingsException(
                    "network.guided",
                    Boolean.toString(network.guided()),
                    Boolean.toString(method.drawsGuidance()),
                    "a method draws guidance scales (method.omega-most of mean-flow) exactly for a network that takes them");
        }
    }

    /**
     * The recipe of nested maps.
     *
     * @throws SettingsException when a key is unknown or missing or a value is of no use
     */
    public static Recipe from(Map<String, ?> map) {
        return Settings.bind(Recipe.class, map);
    }

    /** As {@link #from(Map)} after assignments {@code a.b=c}. */
    public static Recipe from(Map<String, ?> map, Iterable<String> overrides) {
        return from(Settings.override(Recipe.class, map, overrides));
    }

    /** All keys with their values, defaults included. */
    public Map<String, Object> toMap() {
        return Settings.toMap(this);
    }

    /** Number of classes that the network is conditioned on; 0 for none. */
    public int classes(Dataset dataset) {
        return data.labels() ? dataset.classes() : 0;
    }

    /** The network's full configuration for this data. */
    public NetworkConfig networkConfig(Dataset dataset) {
        List<Integer> shape = Arrays.stream(dataset.sampleShape()).boxed().toList();
        Integer times = network.times();
        return network.config(shape, classes(dataset), times == null ? method.times() : times);
    }
}
