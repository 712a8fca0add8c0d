package org.fewstep.golden;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.fewstep.io.JsonCursor;
import org.fewstep.model.Module;
import org.fewstep.model.StateDict;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A layer or network with its weights: output, loss, gradients, tangent and gradients through the tangent. */
final class LayerAdapter implements Adapter {
    /**
     * A layer that was built.
     *
     * @param module holder of its parameters, or null
     * @param names what the case calls a published parameter name, where that differs
     * @param of output from the directed inputs by name
     * @param more offers what the class alone expects, once the weights are loaded
     */
    record Layer(
            @Nullable Module module,
            Map<String, String> names,
            Function<Map<String, Tensor>, Tensor> of,
            Consumer<ExpectedArrays> more) {
        static Layer of(Function<Map<String, Tensor>, Tensor> of) {
            return new Layer(null, Map.of(), of, none -> {});
        }

        static Layer of(Module module, Function<Map<String, Tensor>, Tensor> of) {
            return new Layer(module, Map.of(), of, none -> {});
        }

        Layer called(Map<String, String> names) {
            return new Layer(module, names, of, more);
        }

        Layer with(Consumer<ExpectedArrays> more) {
            return new Layer(module, names, of, more);
        }
    }

    /** Builds a layer from its configuration. */
    @FunctionalInterface
    interface Builder {
        Layer build(GoldenRun run, JsonCursor config);
    }

    /** Keys of a network's model that repeat in words or numbers what is fixed elsewhere. */
    private static final Set<String> NETWORK_KEYS =
            Set.of("config_meaning", "weight_layout", "trained_parameters", "trained_numbers", "parameter_names");

    private final String kind;
    private final String type;
    private final Set<String> config;
    private final Set<String> modelKeys;
    private final Builder builder;

    /**
     * An adapter of one class of layers.
     *
     * @param type {@code model.class}
     * @param config all keys that {@code model.config} may have
     */
    LayerAdapter(String type, Set<String> config, Builder builder) {
        this("layer", type, config, Set.of(), builder);
    }

    /** As above for a {@code model.kind}, with keys beside those of all layers. */
    LayerAdapter(String kind, String type, Set<String> config, Set<String> modelKeys, Builder builder) {
        this.kind = kind;
        this.type = type;
        this.config = config;
        this.modelKeys = modelKeys;
        this.builder = builder;
    }

    @Override
    public Set<String> documentation() {
        return Set.of("checks"); // how the reference was checked
    }

    @Override
    public String variant(String path) {
        return path.contains("jvp") ? "derivative" : "value and gradient";
    }

    @Override
    public double f32Bound() {
        return 5e-4;
    }

    @Override
    public void run(GoldenRun run) {
        run.params().ignore("seed", "loss", "jvp", "grad_of_jvp", "suggested_relative_tolerance");
        JsonCursor model = run.model("model");
        Set<String> keys = new TreeSet<>(Set.of("kind", "class", "config", "weights", "forward"));
        keys.addAll(modelKeys);
        if (kind.equals("network")) {
            keys.addAll(NETWORK_KEYS);
        }
        model.onlyKeys(keys);
        GoldenRun.requireKind(model, kind);
        if (!model.get("class").asString().equals(type)) {
            throw model.get("class").fail(model.get("class").asString(), type, "no adapter knows this class here");
        }
        model.get("config").onlyKeys(config);
        Layer layer = builder.build(run, model.get("config"));
        Module module = layer.module();
        if (module == null) {
            offer(run, layer, model.get("weights"));
            return;
        }
        try (module) {
            requireCount(model, "trained_parameters", module.trained().size());
            requireCount(model, "trained_numbers", module.parameterCount());
            offer(run, layer, model.get("weights"));
        }
    }

    private static void requireCount(JsonCursor model, String key, long count) {
        if (model.has(key) && model.get(key).asLong() != count) {
            throw model.get(key).fail("" + model.get(key).asLong(), "" + count, "the network has another structure");
        }
    }

    private static void offer(GoldenRun run, Layer layer, JsonCursor weights) {
        Derivatives derivatives = new Derivatives(run);
        Set<String> unknown = new TreeSet<>(weights.keys());
        Module module = layer.module();
        if (module != null) {
            Function<String, String> called = name -> layer.names().getOrDefault(name, name);
            StateDict.load(module, (name, shape) -> {
                JsonCursor values = weights.find(called.apply(name));
                unknown.remove(called.apply(name));
                if (values != null && !java.util.Arrays.equals(values.shape(), shape.sizes())) {
                    throw values.fail("another shape", shape.toString(), "the layer wants it for " + name);
                }
                return values == null ? null : values.asDoubles();
            });
            module.trained()
                    .forEach((own, p) -> derivatives.parameter(called.apply(StateDict.name(own)), own, p.leaf()));
        }
        if (!unknown.isEmpty()) {
            throw new AssertionError("unknown weights " + unknown + ": the layer has no such parameters");
        }
        derivatives.offer(layer.of());
        layer.more().accept(run.expected());
    }
}
