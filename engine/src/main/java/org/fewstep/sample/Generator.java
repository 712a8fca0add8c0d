package org.fewstep.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.op.Ops;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * A loaded model that makes samples: the API for applications.
 *
 * <p>Sample i depends on the model, the seed, i and the number of steps alone: not on how many are made together, on
 * which threads, or before. The weights never change, so one generator serves many threads; closing it waits for calls
 * in progress.
 */
public final class Generator implements AutoCloseable {
    /** Label of an unconditional sample. */
    public static final int NO_LABEL = -1;

    private final ModelSpec spec;
    private final FlowNetwork network;
    private final Device device;
    private final boolean owned;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    private Generator(ModelSpec spec, FlowNetwork network, boolean owned) {
        this.spec = spec;
        this.network = network;
        this.owned = owned;
        this.device = network.parameters().values().iterator().next().buffer().device();
    }

    /**
     * Loads a checkpoint or an export; of a checkpoint, the first average, or the student where none was kept.
     *
     * @throws org.fewstep.io.BadFileException when the file is damaged or of another kind
     */
    public static Generator load(Path file, Device device) {
        try (ModelFile model = ModelFile.open(file)) {
            return load(model, model.defaultRole(), device);
        }
    }

    /**
     * Loads one network of a file by its role: {@code student} or {@code ema.DECAY}.
     *
     * @throws org.fewstep.io.BadFileException when the file is damaged or has no such network
     */
    public static Generator load(Path file, String role, Device device) {
        try (ModelFile model = ModelFile.open(file)) {
            return load(model, role, device);
        }
    }

    private static Generator load(ModelFile model, String role, Device device) {
        Network network = model.load(role, device);
        network.freeze(true);
        try {
            return new Generator(model.spec(), flow(network), true);
        } catch (IllegalArgumentException e) {
            network.close();
            throw model.bad("a model of another kind", "one that makes samples", "is it a classifier?", e);
        }
    }

    /** A generator on a network that stays the caller's and must not change during a call. */
    public static Generator of(ModelSpec spec, Network network) {
        return new Generator(spec, flow(network), false);
    }

    private static FlowNetwork flow(Network network) {
        if (network instanceof FlowNetwork flow) {
            return flow;
        }
        throw new IllegalArgumentException("generator: got "
                + network.getClass().getSimpleName() + "; expected a network with times, which makes samples");
    }

    /** Blocks until sampling runs at full speed. */
    public void warmUp() {
        device.warmUp();
        boolean unlabelled = classes() == 0 || spec.network().nullLabel();
        sample(Math.min(16, GeneratorOptions.DEFAULT.chunk()), 1, 0, unlabelled ? NO_LABEL : 0);
    }

    /** Sizes of one sample: (2) for points, (C, H, W) for images. */
    public int[] shape() {
        return spec.sampleShape();
    }

    /** Number of classes K; 0 for an unconditional model. */
    public int classes() {
        return spec.network().classes();
    }

    /** What the model is. */
    public ModelSpec spec() {
        return spec;
    }

    /** Evaluations of the network that one sample costs, with guidance at all times where there is guidance. */
    public int evaluations(int steps, GeneratorOptions options) {
        SolverChoice solver = solver(options);
        if (solver == SolverChoice.FLOW_MAP) {
            return steps;
        }
        int plain =
                solver.ode().plan(TimeGrid.uniform(spec.requirePath(), steps)).evaluations();
        return options.guidance() == 1 || spec.network().guided() ? plain : 2 * plain;
    }

    /** Samples 0 .. n - 1 of a seed without label. */
    public float[] sample(int n, int steps, long seed) {
        return sample(n, steps, seed, NO_LABEL);
    }

    /**
     * Samples 0 .. n - 1 of a seed, all with one label.
     *
     * @param n number of samples, at least 0
     * @param steps at least 1
     * @param label 0 .. {@link #classes} - 1, or {@link #NO_LABEL}
     * @return n samples one after another, each row-major
     */
    public float[] sample(int n, int steps, long seed, int label) {
        return sample(0, steps, seed, repeat(n, label), GeneratorOptions.DEFAULT);
    }

    /** Samples 0 .. n - 1 of a seed with the labels (n) and the guidance of a condition. */
    public float[] sample(int n, int steps, long seed, Cond cond) {
        GeneratorOptions d = GeneratorOptions.DEFAULT;
        GeneratorOptions options =
                new GeneratorOptions(d.solver(), cond.guidance(), cond.guidanceFrom(), cond.guidanceTo(), d.chunk());
        Tensor given = cond.labels();
        if (given == null) {
            return sample(0, steps, seed, repeat(n, NO_LABEL), options);
        }
        int[] labels = given.toInts();
        if (labels.length != n) {
            throw new IllegalArgumentException(
                    "generator: got " + labels.length + " labels for " + n + " samples; expected one a sample");
        }
        for (int i = 0; i < n; i++) {
            labels[i] = labels[i] == classes() ? NO_LABEL : labels[i];
        }
        return sample(0, steps, seed, labels, options);
    }

    /**
     * Samples first .. first + n - 1 of a seed.
     *
     * @param first number of the first sample, at least 0
     * @param steps at least 1
     * @param labels (n), each 0 .. {@link #classes} - 1 or {@link #NO_LABEL}
     * @return n samples one after another, each row-major
     */
    public float[] sample(long first, int steps, long seed, int[] labels, GeneratorOptions options) {
        check(first, steps, labels, options);
        float[] out = new float[requireRoom(labels.length)];
        int at = 0;
        for (int from = 0; from < labels.length; from += options.chunk()) {
            int to = Math.min(labels.length, from + options.chunk());
            try (Use inUse = use();
                    Scope chunk = device.scope()) {
                Tensor x = run(
                        first + from, steps, seed, Arrays.copyOfRange(labels, from, to), options, StepObserver.NONE);
                float[] values = x.toFloats();
                System.arraycopy(values, 0, out, at, values.length);
                at += values.length;
            }
        }
        return out;
    }

    /**
     * As {@link #sample(long, int, long, int[], GeneratorOptions)}, as a tensor (n, ...) in the caller's innermost scope.
     *
     * @throws IllegalStateException when no scope is open
     */
    public Tensor sampleTensor(long first, int steps, long seed, int[] labels, GeneratorOptions options) {
        check(first, steps, labels, options);
        try (Use inUse = use();
                NoGrad off = NoGrad.open();
                Scope all = device.scope()) {
            List<Tensor> parts = new ArrayList<>();
            for (int from = 0; from < labels.length; from += options.chunk()) {
                int to = Math.min(labels.length, from + options.chunk());
                int[] some = Arrays.copyOfRange(labels, from, to);
                try (Scope chunk = device.scope()) {
                    parts.add(run(first + from, steps, seed, some, options, StepObserver.NONE)
                            .keep(chunk));
                }
            }
            if (parts.isEmpty()) {
                Buffer none = device.allocate(spec.dtype(), 0);
                return Tensor.of(none, Shape.of(spec.batchShape(0))).keep(all);
            }
            return Ops.concat(0, parts.toArray(new Tensor[0])).keep(all);
        }
    }

    /**
     * The states that lead to samples, computed together.
     *
     * @return steps + 1 arrays, from noise to samples, each n samples one after another
     */
    public List<float[]> trajectory(long first, int steps, long seed, int[] labels, GeneratorOptions options) {
        check(first, steps, labels, options);
        List<float[]> states = new ArrayList<>();
        try (Use inUse = use();
                Scope all = device.scope()) {
            run(first, steps, seed, labels, options, (step, t, x) -> states.add(x.toFloats()));
        }
        return states;
    }

    private Tensor run(
            long first, int steps, long seed, int[] labels, GeneratorOptions options, StepObserver observer) {
        int n = labels.length;
        Tensor noise = Noise.normal(
                device, spec.dtype(), new Rng(seed).stream("sample"), first, 0, Shape.of(spec.batchShape(n)));
        Cond cond = cond(labels, options);
        SolverChoice solver = solver(options);
        TimeGrid grid = TimeGrid.uniform(spec.requirePath(), steps);
        if (solver == SolverChoice.FLOW_MAP) {
            return new FlowMapSampler(network).sample(noise, grid, cond, observer);
        }
        Guidance.Form form = spec.network().guided() ? Guidance.Form.INPUT : Guidance.Form.BATCHED;
        Guidance guidance = new Guidance(network, classes(), form);
        return new OdeSampler(guidance, solver.ode()).sample(noise, grid, cond, observer);
    }

    private Cond cond(int[] labels, GeneratorOptions options) {
        if (classes() == 0) {
            return new Cond(null, options.guidance(), options.guidanceFrom(), options.guidanceTo());
        }
        int[] known = new int[labels.length];
        for (int i = 0; i < known.length; i++) {
            known[i] = labels[i] == NO_LABEL ? classes() : labels[i];
        }
        Tensor onDevice = Cond.labels(device, known, classes()).labels();
        return new Cond(onDevice, options.guidance(), options.guidanceFrom(), options.guidanceTo());
    }

    private SolverChoice solver(GeneratorOptions options) {
        if (options.solver() != SolverChoice.AUTO) {
            return options.solver();
        }
        return spec.network().times() == 2 ? SolverChoice.FLOW_MAP : SolverChoice.EULER;
    }

    private void check(long first, int steps, int[] labels, GeneratorOptions options) {
        if (first < 0 || first + labels.length < 0) {
            throw new IllegalArgumentException("generator: got first sample " + first + "; expected at least 0");
        }
        if (steps < 1) {
            throw new IllegalArgumentException("generator: got " + steps + " steps; expected at least 1");
        }
        for (int label : labels) {
            if (label != NO_LABEL && (label < 0 || label >= classes())) {
                throw new IllegalArgumentException("generator: got label " + label + "; expected "
                        + (classes() == 0
                                ? "none, the model has no classes"
                                : "0 .. " + (classes() - 1) + ", or -1 for none"));
            }
            if (label == NO_LABEL && classes() > 0 && !spec.network().nullLabel()) {
                throw new IllegalArgumentException("generator: got no label; expected 0 .. " + (classes() - 1)
                        + ", since the model was trained without a null label");
            }
        }
        SolverChoice solver = solver(options);
        if (solver == SolverChoice.FLOW_MAP && spec.network().times() != 2) {
            throw new IllegalArgumentException("generator: got solver flow-map for a network with one time; expected"
                    + " euler, midpoint or heun");
        }
        boolean mixed = solver != SolverChoice.FLOW_MAP && spec.network().nullLabel();
        if (options.guidance() != 1 && !spec.network().guided() && !mixed) {
            throw new IllegalArgumentException("generator: got guidance " + options.guidance() + "; expected 1 "
                    + (classes() == 0
                            ? "for a model without classes"
                            : "with flow-map steps, another solver, or a model that takes the scale as an input"));
        }
    }

    /** Numbers in n samples, which must fit an array. */
    private int requireRoom(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("generator: got " + n + " samples; expected at least 0");
        }
        long count = (long) n * spec.network().dim();
        if (count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("generator: got " + n + " samples of "
                    + spec.network().dim() + " numbers; expected at most 2^31 numbers; ask for a part at a time");
        }
        return (int) count;
    }

    private int[] repeat(int n, int label) {
        requireRoom(n);
        int[] labels = new int[n];
        Arrays.fill(labels, label);
        return labels;
    }

    /** Keeps the weights alive during a call. */
    private interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private Use use() {
        use.readLock().lock();
        if (closed) {
            use.readLock().unlock();
            throw new IllegalStateException("generator: got a closed generator; expected an open one");
        }
        return use.readLock()::unlock;
    }

    /** Waits for calls in progress, then gives the weights back. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed && owned) {
                network.close();
            }
            closed = true;
        } finally {
            use.writeLock().unlock();
        }
    }
}
