package org.fewstep.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.solver.ConvertedField;
import org.fewstep.solver.Field;
import org.fewstep.solver.FiniteField;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model that makes samples: the API for applications.
 *
 * <p>Sample i depends on the model, the seed, i and the number of steps alone: not on how many are made together, on
 * which threads, or before. The weights never change, so one generator serves many threads; closing it waits for calls
 * in progress.
 *
 * <p>A generator that owns its weights records the sampling loop at the first call of a kind (number of samples, steps,
 * solver, guidance) and replays it at the next ones: same bits, and little beside the arithmetic. Each thread in a call has
 * a plan of its own; a few idle ones are kept.
 */
public final class Generator implements AutoCloseable {
    /** Label of an unconditional sample. */
    public static final int NO_LABEL = -1;

    private final ModelSpec spec;
    private final FlowNetwork network;
    private final Device device;
    private final boolean owned;
    private final SamplingPlans plans = new SamplingPlans();
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
            throw model.bad(
                    "a model of another kind",
                    "one that makes samples of noise",
                    "is it a classifier, or one between two data sets?",
                    e);
        }
    }

    /**
     * A generator that takes a network over: its weights are frozen, and it is closed with the generator.
     *
     * @throws IllegalArgumentException when the network makes no samples
     */
    public static Generator taking(ModelSpec spec, Network network) {
        FlowNetwork flow = flow(network);
        network.freeze(true);
        return new Generator(spec, flow, true);
    }

    /**
     * A generator on a network that stays the caller's and must not change during a call. It keeps nothing between calls
     * and need not be closed.
     */
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

    /** Where it computes. */
    public Device device() {
        return device;
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
        SolverOnGrid stepping = stepping(options);
        if (stepping == null) {
            return steps;
        }
        int plain = plan(stepping, steps).evaluations();
        Steering steering = options.steering();
        boolean once = spec.network().guided() && (steering == null || steering.weak() == null);
        return options.guidance() == 1 || once ? plain : 2 * plain;
    }

    /** Standard normal numbers that the solver draws on the way for one sample's coordinate; 0 for an ODE and for jumps. */
    public int draws(int steps, GeneratorOptions options) {
        SolverOnGrid stepping = stepping(options);
        return stepping == null ? 0 : plan(stepping, steps).draws();
    }

    /** The solver's name and the spacing of its times, or flow-map. */
    public String solverName(GeneratorOptions options) {
        SolverOnGrid stepping = stepping(options);
        return stepping == null ? "flow-map" : stepping.solver().name() + " on " + stepping.spacing();
    }

    /** The standard normal noise (n, ...) that samples first .. first + n - 1 of a seed start from, row-major. */
    public float[] noise(long first, int n, long seed) {
        requireRoom(n);
        try (Scope scope = device.scope()) {
            return Noise.normal(device, spec.dtype(), noise(seed), first, 0, Shape.of(spec.batchShape(n)))
                    .toFloats();
        }
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
        boolean replayed = replayed(steps, options);
        for (int from = 0; from < labels.length; from += options.chunk()) {
            int to = Math.min(labels.length, from + options.chunk());
            if (replayed) {
                replay(first, from, to, steps, seed, labels, options, out);
                continue;
            }
            try (Use inUse = use();
                    Scope chunk = device.scope()) {
                Tensor x = run(
                        first + from, steps, seed, Arrays.copyOfRange(labels, from, to), options, StepObserver.NONE);
                device.read(
                        x.buffer(), out, from * spec.network().dim(), x.shape().count());
            }
        }
        return out;
    }

    /** Samples from .. to - 1 of a call by a plan of their number. */
    private void replay(
            long first, int from, int to, int steps, long seed, int[] labels, GeneratorOptions options, float[] out) {
        try (Use inUse = use()) {
            SamplingPlan plan = plan(to - from, steps, options);
            try {
                plan.run(noise(seed), first + from, known(labels, from, to));
                plan.read(out, from * spec.network().dim());
            } finally {
                plans.giveBack(plan);
            }
        }
    }

    /** An idle plan, or a fresh one. */
    private SamplingPlan plan(int n, int steps, GeneratorOptions options) {
        SamplingPlan.Key key = new SamplingPlan.Key(
                n,
                steps,
                solver(options),
                options.own(),
                options.guidance(),
                options.guidanceFrom(),
                options.guidanceTo(),
                options.velocityUpTo());
        SamplingPlan idle = plans.take(key);
        return idle != null
                ? idle
                : new SamplingPlan(
                        device,
                        spec.dtype(),
                        key,
                        Shape.of(spec.batchShape(n)),
                        (noise, labels) -> run(
                                noise,
                                steps,
                                cond(classes() == 0 ? null : labels, options),
                                options,
                                NoiseSource.NONE,
                                StepObserver.NONE));
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
            boolean replayed = replayed(steps, options);
            for (int from = 0; from < labels.length; from += options.chunk()) {
                int to = Math.min(labels.length, from + options.chunk());
                int[] some = Arrays.copyOfRange(labels, from, to);
                try (Scope chunk = device.scope()) {
                    Tensor part = replayed
                            ? replayedPart(first + from, steps, seed, some, options)
                            : run(first + from, steps, seed, some, options, StepObserver.NONE);
                    parts.add(part.keep(chunk));
                }
            }
            if (parts.isEmpty()) {
                Buffer none = device.allocate(spec.dtype(), 0);
                return Tensor.of(none, Shape.of(spec.batchShape(0))).keep(all);
            }
            return Ops.concat(0, parts.toArray(new Tensor[0])).keep(all);
        }
    }

    private Tensor replayedPart(long first, int steps, long seed, int[] labels, GeneratorOptions options) {
        Shape shape = Shape.of(spec.batchShape(labels.length));
        Buffer out = device.allocate(spec.dtype(), shape.count());
        SamplingPlan plan = plan(labels.length, steps, options);
        try {
            plan.run(noise(seed), first, known(labels, 0, labels.length));
            plan.copy(out);
        } finally {
            plans.giveBack(plan);
        }
        return Tensor.of(out, shape);
    }

    /**
     * The states that lead to samples, computed together.
     *
     * @return an array for each of the {@link #times}, from noise to samples, each n samples one after another
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

    /** The times of a trajectory's states on the model's path. */
    public double[] times(int steps, GeneratorOptions options) {
        SolverOnGrid stepping = stepping(options);
        if (stepping == null) {
            return jumps(steps).points().stream().mapToDouble(GridPoint::t).toArray();
        }
        List<StepPlan.Step> plan = plan(stepping, steps).steps();
        double[] t = new double[plan.size() + 1];
        t[0] = plan.get(0).from().t();
        for (int i = 0; i < plan.size(); i++) {
            t[i + 1] = plan.get(i).to().t();
        }
        return t;
    }

    private Tensor run(
            long first, int steps, long seed, int[] labels, GeneratorOptions options, StepObserver observer) {
        int n = labels.length;
        Tensor noise = Noise.normal(device, spec.dtype(), noise(seed), first, 0, Shape.of(spec.batchShape(n)));
        Tensor onDevice = classes() == 0 ? null : Tensor.of(device, known(labels, 0, n), n);
        NoiseSource draws = NoiseSource.seeded(new Rng(seed).stream("solver"), first);
        return run(noise, steps, cond(onDevice, options), options, draws, observer);
    }

    private Tensor run(
            Tensor noise, int steps, Cond cond, GeneratorOptions options, NoiseSource draws, StepObserver observer) {
        SolverOnGrid stepping = stepping(options);
        Parametrisation levels = spec.parametrisation();
        if (stepping == null) {
            TimeGrid grid = jumps(steps);
            if (levels == null) {
                return flowMap(options).withNoise(options.gamma(), draws).sample(noise, grid, cond, observer);
            }
            CtmScaling scaling = levels.trajectories();
            TrajectorySampler.Map map = (x, t, s, c) -> scaling.map(network, x, t, s, c);
            Tensor start = Ops.scale(noise, grid.point(0).sigma());
            return TrajectorySampler.of(map, options.gamma()).sample(start, grid, cond, draws, observer);
        }
        TimeGrid grid = grid(stepping, steps);
        if (levels != null) {
            StepPlan plan = stepping.solver().plan(grid);
            Field field = new ConvertedField(predicted(cond, options), Prediction.X0, plan.field(), levels.schedule());
            Tensor start = Ops.scale(noise, grid.point(0).sigma());
            return OdeSampler.run(plan, field, start, draws, observer);
        }
        Steering steering = options.steering();
        if (steering == null) {
            return new OdeSampler(guidance(), stepping.solver()).sample(noise, grid, cond, draws, observer);
        }
        StepPlan plan = stepping.solver().plan(grid);
        Field field = steering.field(plan.field(), guidance(), spec.requirePath(), cond);
        return OdeSampler.run(plan, field, noise, draws, observer);
    }

    private FlowMapSampler flowMap(GeneratorOptions options) {
        FlowMapSampler sampler = new FlowMapSampler(network).withVelocityUpTo(options.velocityUpTo());
        return spec.network().intervals() ? sampler.withIntervalAsInput() : sampler;
    }

    /**
     * The noise that a flow map makes samples of, as far as the map is its own inverse backwards: for a model that was trained in
     * both directions.
     *
     * @param samples numbers of n samples one after another, each row-major
     * @param steps at least 1
     * @param labels (n), each 0 .. {@link #classes} - 1 or {@link #NO_LABEL}
     * @param options gamma is 0
     * @return n noises, from which the same steps lead back to the samples
     * @throws IllegalArgumentException for a model that is no flow map
     */
    public float[] invert(float[] samples, int steps, int[] labels, GeneratorOptions options) {
        check(0, steps, labels, options);
        if (stepping(options) != null || spec.parametrisation() != null || options.gamma() != 0) {
            throw new IllegalArgumentException("invert: got " + solverName(options) + ", gamma " + options.gamma()
                    + "; expected steps of a flow map without noise");
        }
        int n = labels.length;
        if (samples.length != requireRoom(n)) {
            throw new IllegalArgumentException("invert: got " + samples.length + " numbers for " + n
                    + " labels; expected samples of " + spec.shape());
        }
        try (Use inUse = use();
                Scope all = device.scope()) {
            Tensor x = Tensor.of(device, spec.dtype(), samples, spec.batchShape(n));
            Tensor onDevice = classes() == 0 ? null : Tensor.of(device, known(labels, 0, n), n);
            return flowMap(options)
                    .invert(x, jumps(steps), cond(onDevice, options), StepObserver.NONE)
                    .toFloats();
        }
    }

    /**
     * Samples made of noises of the caller's own, as {@link #invert} gives.
     *
     * @param noise standard normal numbers of n samples one after another, each row-major
     * @param steps at least 1
     * @param labels (n), each 0 .. {@link #classes} - 1 or {@link #NO_LABEL}
     * @return n samples one after another, each row-major
     * @throws IllegalArgumentException for options that draw noise on the way
     */
    public float[] sampleFrom(float[] noise, int steps, int[] labels, GeneratorOptions options) {
        check(0, steps, labels, options);
        if (options.gamma() != 0 || draws(steps, options) != 0) {
            throw new IllegalArgumentException("generator: got " + solverName(options) + ", gamma " + options.gamma()
                    + ", for given noise; expected steps without noise of their own");
        }
        int n = labels.length;
        if (noise.length != requireRoom(n)) {
            throw new IllegalArgumentException("generator: got " + noise.length + " numbers of noise for " + n
                    + " labels; expected noise of " + spec.shape() + " for each");
        }
        try (Use inUse = use();
                Scope all = device.scope()) {
            Tensor start = Tensor.of(device, spec.dtype(), noise, spec.batchShape(n));
            Tensor onDevice = classes() == 0 ? null : Tensor.of(device, known(labels, 0, n), n);
            return run(start, steps, cond(onDevice, options), options, NoiseSource.NONE, StepObserver.NONE)
                    .toFloats();
        }
    }

    /** The grid of jumps on the model's times. */
    private TimeGrid jumps(int steps) {
        Parametrisation levels = spec.parametrisation();
        return levels == null ? TimeGrid.uniform(spec.requirePath(), steps) : LevelGrids.jumps(levels, steps);
    }

    /** The grid of a solver on the model's times. */
    private TimeGrid grid(SolverOnGrid stepping, int steps) {
        Parametrisation levels = spec.parametrisation();
        return levels == null ? stepping.grid(spec.requirePath(), steps) : LevelGrids.grid(levels, stepping, steps);
    }

    private StepPlan plan(SolverOnGrid stepping, int steps) {
        return stepping.solver().plan(grid(stepping, steps));
    }

    /** The network's velocity, or clean data where it has a parametrisation, with guidance by null label or input. */
    Guidance guidance() {
        Parametrisation levels = spec.parametrisation();
        VelocityNet guided = levels == null ? network : levels.around(network)::of;
        return new Guidance(guided, classes(), spec.network().guided() ? Guidance.Form.INPUT : Guidance.Form.BATCHED);
    }

    /**
     * The point at which an edit starts.
     *
     * @param level above 0 to 1, where nothing is left of a guide; linear in the time of a path. A model of noise levels starts
     *     where the linear path has as much noise, at sigma / alpha = level / (1 - level), or at its highest level
     */
    GridPoint start(double level) {
        Parametrisation levels = spec.parametrisation();
        if (levels == null) {
            org.fewstep.path.Path path = spec.requirePath();
            return path.at(
                    level == 1 ? path.noiseTime() : path.dataTime() + level * (path.noiseTime() - path.dataTime()));
        }
        return TimeGrid.ofLevels(levels.schedule(), highest(level), 0).point(0);
    }

    private static double highest(double level) {
        return Math.min(Parametrisation.HIGHEST, level / (1 - level));
    }

    /**
     * As {@link #sample(long, int, long, int[], GeneratorOptions)} from states of the caller's own on a part of the path, with
     * the predicted data changed on the way.
     *
     * @param states numbers of the states (n, ...) on the host, at {@link #start}
     * @param level 1 for pure noise, 0 for clean data
     * @param data what becomes of a field of x0; its tensors belong to the caller
     * @param draws standard normal numbers for a solver that makes noise
     * @throws ArithmeticException with the evaluation and its time, when the network gives numbers that are not finite
     */
    float[] edit(
            float[] states,
            double level,
            int steps,
            int[] labels,
            GeneratorOptions options,
            UnaryOperator<Field> data,
            NoiseSource draws) {
        check(0, steps, labels, options);
        SolverOnGrid stepping = stepping(options);
        if (stepping == null) {
            throw new IllegalArgumentException(
                    "edit: got flow-map steps; expected a solver of velocities, as ddim-eta1.0");
        }
        Parametrisation given = spec.parametrisation();
        if (given != null && given.role() == Parametrisation.Role.GENERATOR) {
            throw new IllegalArgumentException(
                    "edit: got a " + given.describe() + "; expected a model that can be asked at any level");
        }
        int n = labels.length;
        try (Use inUse = use();
                NoGrad off = NoGrad.open();
                Scope all = device.scope()) {
            Tensor start = Tensor.of(device, spec.dtype(), states, spec.batchShape(n));
            Tensor onDevice = classes() == 0 ? null : Tensor.of(device, known(labels, 0, n), n);
            Field x0 = data.apply(new FiniteField(predicted(cond(onDevice, options), options)));
            Parametrisation levels = spec.parametrisation();
            NoiseSchedule schedule = levels == null ? spec.requirePath() : levels.schedule();
            StepPlan plan = stepping.solver()
                    .plan(
                            levels == null
                                    ? stepping.grid(spec.requirePath(), steps, level)
                                    : LevelGrids.grid(levels, stepping, steps, highest(level)));
            Field field = new ConvertedField(x0, Prediction.X0, plan.field(), schedule);
            return OdeSampler.run(plan, field, start, draws, StepObserver.NONE).toFloats();
        }
    }

    /** The predicted data. */
    private Field predicted(Cond cond, GeneratorOptions options) {
        if (spec.parametrisation() != null) {
            return (state, point) -> guidance().v(state, point.t(), cond);
        }
        Steering steering = options.steering() == null ? Steering.NONE : options.steering();
        return steering.field(Prediction.X0, guidance(), spec.requirePath(), cond);
    }

    private static Rng noise(long seed) {
        return new Rng(seed).stream("sample");
    }

    private Cond cond(@Nullable Tensor labels, GeneratorOptions options) {
        if (spec.parametrisation() != null) {
            return new Cond(labels, options.guidance(), 0, Double.POSITIVE_INFINITY);
        }
        return new Cond(labels, options.guidance(), options.guidanceFrom(), options.guidanceTo());
    }

    /** Labels from .. to - 1, K for none. */
    private int[] known(int[] labels, int from, int to) {
        int[] known = Arrays.copyOfRange(labels, from, to);
        for (int i = 0; i < known.length; i++) {
            known[i] = known[i] == NO_LABEL ? classes() : known[i];
        }
        return known;
    }

    /** Loops are recorded, but those that draw noise on their way: a recording would draw the same for every seed. */
    private boolean replayed(int steps, GeneratorOptions options) {
        boolean mayDraw = options.own() != null || spec.parametrisation() != null;
        return owned && options.steering() == null && options.gamma() == 0 && (!mayDraw || draws(steps, options) == 0);
    }

    /** How to step, or null for jumps by the flow map. */
    private @Nullable SolverOnGrid stepping(GeneratorOptions options) {
        if (options.own() != null) {
            return options.own();
        }
        SolverChoice solver = solver(options);
        Parametrisation levels = spec.parametrisation();
        if (levels != null) {
            return levels.times() == 2 ? null : LevelGrids.stepping(levels, options.solver());
        }
        return solver == SolverChoice.FLOW_MAP ? null : new SolverOnGrid(solver.ode(), PowerSpacing.UNIFORM);
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
        requireLevels(options);
        Steering steering = options.steering();
        if (steering != null) {
            requireSteerable(steering, options.own() == null && solver == SolverChoice.FLOW_MAP);
        }
        boolean weak = steering != null && steering.weak() != null;
        boolean mixed =
                weak || (solver != SolverChoice.FLOW_MAP && spec.network().nullLabel());
        if (options.guidance() != 1 && !spec.network().guided() && !mixed) {
            throw new IllegalArgumentException("generator: got guidance " + options.guidance() + "; expected 1 "
                    + (classes() == 0
                            ? "for a model without classes"
                            : "with flow-map steps, another solver, or a model that takes the scale as an input"));
        }
    }

    /** What a model of noise levels cannot do. */
    private void requireLevels(GeneratorOptions options) {
        Parametrisation levels = spec.parametrisation();
        boolean trajectory = levels != null && levels.times() == 2;
        boolean flowMap = levels == null && stepping(options) == null;
        if (options.gamma() != 0 && !trajectory && !flowMap) {
            throw new IllegalArgumentException("generator: got gamma " + options.gamma()
                    + "; expected 0, other than for a trajectory function and for steps of a flow map");
        }
        if (options.velocityUpTo() != 0 && !flowMap) {
            throw new IllegalArgumentException("generator: got the velocity in steps up to " + options.velocityUpTo()
                    + "; expected 0, other than for steps of a flow map");
        }
        if (levels == null) {
            return;
        }
        SolverOnGrid own = options.own();
        boolean consistency = levels.role() == Parametrisation.Role.CONSISTENCY;
        if (levels.jumps()
                && (own == null
                        ? options.solver() != SolverChoice.AUTO
                        : !(consistency && own.solver() instanceof MultistepConsistency))) {
            throw new IllegalArgumentException("generator: got solver "
                    + (own == null ? options.solver() : own.solver().name())
                    + " for a " + levels.describe() + "; expected auto, its own steps");
        }
        if (options.steering() != null) {
            throw new IllegalArgumentException("generator: got rescaling, a weak model or thresholds for a "
                    + levels.describe() + "; expected none of them");
        }
        boolean unguided = levels.jumps() && !spec.network().guided();
        if (options.guidance() != 1 && (unguided || options.guidanceFrom() != 0 || options.guidanceTo() != 1)) {
            throw new IllegalArgumentException("generator: got guidance " + options.guidance() + " from "
                    + options.guidanceFrom() + " to " + options.guidanceTo() + " for a " + levels.describe()
                    + "; expected " + (unguided ? "1" : "guidance at all times"));
        }
    }

    private void requireSteerable(Steering steering, boolean jumps) {
        if (jumps) {
            throw new IllegalArgumentException(
                    "generator: got rescaling, a weak model or thresholds with flow-map steps;"
                            + " expected a solver of velocities, as euler");
        }
        Generator weak = steering.weak();
        if (weak == null) {
            if (steering.rescale() != 0 && spec.network().guided()) {
                throw new IllegalArgumentException("generator: got rescale " + steering.rescale()
                        + " for a network that takes the guidance scale as an input; expected 0");
            }
            return;
        }
        boolean alike = weak.spec.shape().equals(spec.shape())
                && weak.spec.requirePath().equals(spec.requirePath())
                && weak.classes() == classes()
                && weak.device == device;
        if (!alike) {
            throw new IllegalArgumentException("generator: got a weak model of " + weak.classes()
                    + " classes, shape " + weak.spec.shape() + ", path " + weak.spec.requirePath() + "; expected "
                    + classes() + " classes, shape " + spec.shape() + ", path " + spec.requirePath()
                    + ", on the same device");
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
            plans.close();
            if (!closed && owned) {
                network.close();
            }
            closed = true;
        } finally {
            use.writeLock().unlock();
        }
    }
}
