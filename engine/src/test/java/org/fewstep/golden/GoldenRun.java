package org.fewstep.golden;

import java.util.Set;
import java.util.TreeSet;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonObject;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.model.Init;
import org.fewstep.path.GaussianMixture;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** One case on one device in one dtype: what it gives and what it expects. */
final class GoldenRun {
    private static final Set<String> TOP = Set.of("about", "model", "params", "inputs", "expected");

    private final JsonCursor root;
    private final Device device;
    private final DType dtype;
    private final Options params;
    private final ExpectedArrays expected;

    private GoldenRun(JsonCursor root, Device device, DType dtype, Adapter adapter) {
        this.root = root;
        this.device = device;
        this.dtype = dtype;
        this.params = new Options(root.get("params"));
        this.expected = new ExpectedArrays(root.get("expected"), dtype, adapter);
    }

    /**
     * Runs an adapter on a case, in the caller's scope.
     *
     * @return number of arrays compared
     * @throws AssertionError when a value differs, or the file has a key that the adapter does not know
     */
    static int check(Adapter adapter, JsonCursor root, Device device, DType dtype) {
        Set<String> unknown = new TreeSet<>(root.keys());
        unknown.removeAll(TOP);
        unknown.removeAll(adapter.roles());
        unknown.removeAll(adapter.documentation());
        if (!unknown.isEmpty()) {
            throw new AssertionError("unknown top-level keys " + unknown + ": the adapter knows the roles "
                    + new TreeSet<>(adapter.roles()));
        }
        GoldenRun run = new GoldenRun(root, device, dtype, adapter);
        adapter.run(run);
        run.params.finish();
        run.expected.finish();
        return run.expected.compared();
    }

    Device device() {
        return device;
    }

    DType dtype() {
        return dtype;
    }

    Options params() {
        return params;
    }

    ExpectedArrays expected() {
        return expected;
    }

    /** Names of the inputs in file order. */
    Set<String> inputs() {
        return root.get("inputs").keys();
    }

    /** Where a network of the case is made; its first values do not matter. */
    Init init() {
        return new Init(device, dtype, new Rng(1));
    }

    /** An input in double. */
    double[] numbers(String input) {
        return NumericArray.of(root.get("inputs").get(input)).values();
    }

    /** An input of integers. */
    int[] integers(String input) {
        JsonCursor at = root.get("inputs").get(input);
        long[] values = at.asLongs();
        int[] out = new int[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(values[i]);
        }
        return out;
    }

    /** Times of the host (B) as a tensor. */
    Tensor times(double[] t) {
        return Tensor.of(device, dtype, t, t.length);
    }

    /** An input of truth values. */
    boolean[] booleans(String input) {
        JsonCursor at = root.get("inputs").get(input);
        boolean[] out = new boolean[at.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = at.at(i).asBool();
        }
        return out;
    }

    /** An input as a tensor. */
    Tensor tensor(String input) {
        return tensor(input, dtype);
    }

    /** An input as a tensor of a given dtype. */
    Tensor tensor(String input, DType dtype) {
        NumericArray array = NumericArray.of(root.get("inputs").get(input));
        return Tensor.of(device, dtype, array.values(), array.shape());
    }

    /** The place of a model: keys from the top, {@code model, v}. */
    JsonCursor model(String... role) {
        JsonCursor at = root;
        for (String key : role) {
            at = at.get(key);
        }
        return at;
    }

    /** The main model, a network. */
    GoldenMlp mlp() {
        return mlp("model");
    }

    /** A network by role. */
    GoldenMlp mlp(String... role) {
        return new GoldenMlp(model(role), device, dtype);
    }

    /** The main model, a set of networks of exactly these roles. */
    void requireRoles(String kind, String... roles) {
        JsonCursor model = model("model");
        requireKind(model, kind);
        Set<String> allowed = new TreeSet<>(Set.of(roles));
        allowed.add("kind");
        model.onlyKeys(allowed);
    }

    /** The main model, a closed form. */
    GaussianMixture gmm() {
        return gmm("model");
    }

    /** A closed form by role. */
    GaussianMixture gmm(String... role) {
        JsonCursor model = model(role);
        requireKind(model, "gmm");
        model.onlyKeys(Set.of("kind", "weights", "means", "stds"));
        double[][] means = new double[model.get("means").size()][];
        for (int i = 0; i < means.length; i++) {
            means[i] = model.get("means").at(i).asDoubles();
        }
        return new GaussianMixture(
                model.get("weights").asDoubles(), means, model.get("stds").asDoubles());
    }

    /** Demands that the case has no model. */
    void requireNoModel() {
        JsonCursor model = model("model");
        model.onlyKeys(Set.of("kind"));
        if (!((JsonObject) model.value()).members().isEmpty()) {
            requireKind(model, "none");
        }
    }

    static void requireKind(JsonCursor model, String kind) {
        String got = model.get("kind").asString();
        if (!got.equals(kind)) {
            throw model.get("kind").fail("\"" + got + "\"", "\"" + kind + "\"", "no adapter knows this kind here");
        }
    }

    /** Gradients of a loss for every layer of a network, offered as {@code path/0/W, path/0/b, ...}; consumes the graph. */
    void offerLayerGradients(String path, Tensor loss, GoldenMlp net, Tolerance tolerance) {
        net.gradients(loss)
                .forEach((name, gradient) ->
                        expected.offer(path + "/" + name.substring(1) + "/" + name.charAt(0), gradient, tolerance));
    }

    /** Gradients of a loss for every W and b of a network, offered as {@code prefix + W0, b0, ...}; consumes the graph. */
    void offerGradients(String prefix, Tensor loss, GoldenMlp net, Tolerance tolerance) {
        net.gradients(loss).forEach((name, gradient) -> expected.offer(prefix + name, gradient, tolerance));
    }
}
