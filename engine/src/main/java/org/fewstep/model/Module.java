package org.fewstep.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A part of a network: parameters of its own and child modules, each with a name. Names joined by dots are the keys of
 * checkpoints. Closing a module gives its parameters back.
 */
public abstract class Module implements AutoCloseable {
    private final Map<String, Parameter> own = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();

    /** Adds a child under a name and returns it. */
    protected final <M extends Module> M child(String name, M module) {
        if (children.putIfAbsent(name, module) != null || own.containsKey(name)) {
            throw new IllegalArgumentException("module: got the name \"" + name + "\" twice; expected it once");
        }
        return module;
    }

    /**
     * Adds a parameter under a name.
     *
     * @param values initial value, row-major
     */
    protected final Parameter parameter(Init init, String name, Shape shape, double[] values) {
        return add(init, name, shape, values, true);
    }

    /** Adds numbers under a name that are stored with the parameters but never trained. */
    protected final Parameter constant(Init init, String name, Shape shape, double[] values) {
        return add(init, name, shape, values, false);
    }

    private Parameter add(Init init, String name, Shape shape, double[] values, boolean trained) {
        if (values.length != shape.count()) {
            throw new IllegalArgumentException(
                    "parameter " + name + ": got " + values.length + " numbers for " + shape + "; expected as many");
        }
        Parameter parameter = new Parameter(init, shape, values, trained);
        if (own.putIfAbsent(name, parameter) != null || children.containsKey(name)) {
            throw new IllegalArgumentException("module: got the name \"" + name + "\" twice; expected it once");
        }
        return parameter;
    }

    /** All parameters with their full names, in the order in which they were added. */
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        collect("", all);
        return all;
    }

    private void collect(String prefix, Map<String, Parameter> all) {
        own.forEach((name, parameter) -> all.put(prefix + name, parameter));
        children.forEach((name, module) -> module.collect(prefix + name + ".", all));
    }

    /** The parameters that are trained, with their full names. */
    public final Map<String, Parameter> trained() {
        Map<String, Parameter> all = parameters();
        all.values().removeIf(p -> !p.trained());
        return all;
    }

    /** Leaves of the trained parameters, in the order of {@link #trained}. */
    public final List<Tensor> leaves() {
        List<Tensor> list = new ArrayList<>();
        for (Parameter p : trained().values()) {
            list.add(p.leaf());
        }
        return list;
    }

    /** Number of trained numbers. */
    public final long parameterCount() {
        long count = 0;
        for (Parameter p : trained().values()) {
            count += p.shape().count();
        }
        return count;
    }

    /** Makes the parameters constants (a teacher, an average) or trained again. */
    public final void freeze(boolean on) {
        for (Parameter p : parameters().values()) {
            p.freeze(on);
        }
    }

    /**
     * Copies the values of all parameters that a module has under the same name.
     *
     * @param silent part of this one that the source lacks, whose values become 0; others that it lacks stay as they are
     */
    final void copyShared(Module source, Module silent) {
        Map<String, Parameter> from = source.parameters();
        Collection<Parameter> zero = silent.parameters().values();
        parameters().forEach((name, parameter) -> {
            Parameter other = from.get(name);
            if (other != null) {
                copy(name, other, parameter);
            } else if (zero.contains(parameter)) {
                double[] values = new double[parameter.shape().count()];
                parameter.buffer().device().write(parameter.buffer(), values, 0, values.length);
            }
        });
    }

    /** Copies all values from a module of the same structure. */
    public final void copyFrom(Module source) {
        Map<String, Parameter> from = source.parameters();
        Map<String, Parameter> to = parameters();
        if (!from.keySet().equals(to.keySet())) {
            throw new IllegalArgumentException("copy: got parameters " + from.keySet() + "; expected " + to.keySet());
        }
        to.forEach((name, parameter) -> copy(name, from.get(name), parameter));
    }

    private static void copy(String name, @Nullable Parameter from, Parameter to) {
        if (from == null || !from.shape().equals(to.shape())) {
            throw new IllegalArgumentException(
                    "copy: got a parameter \"" + name + "\" of another shape; expected " + to.shape());
        }
        double[] values = from.leaf().toDoubles();
        to.buffer().device().write(to.buffer(), values, 0, values.length);
    }

    /**
     * Runs a forward pass. Without recording its temporaries go back to the pool at the end, so that a long sampling
     * loop holds one step's activations at most.
     */
    protected final Tensor call(Tensor x, Supplier<Tensor> body) {
        boolean dual = x.tangent() != null;
        if (NoGrad.isRecording() || dual) {
            return body.get();
        }
        try (Scope pass = x.device().scope()) {
            return body.get().keep(pass);
        }
    }

    /** As {@link #call} for a pass with several results. */
    protected final List<Tensor> callAll(Tensor x, Supplier<List<Tensor>> body) {
        boolean dual = x.tangent() != null;
        if (NoGrad.isRecording() || dual) {
            return body.get();
        }
        try (Scope pass = x.device().scope()) {
            return body.get().stream().map(y -> y.keep(pass)).toList();
        }
    }

    @Override
    public void close() {
        Collection<Parameter> all = parameters().values();
        for (Parameter p : all) {
            if (p.buffer().isLive()) {
                p.buffer().release();
            }
        }
    }
}
