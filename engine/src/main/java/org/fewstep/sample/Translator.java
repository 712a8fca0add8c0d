package org.fewstep.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.solver.BridgeDiffusion;
import org.fewstep.solver.BridgeSde;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Field;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Stepper;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * A loaded model that carries samples of one data set to another, by the ODE or the SDE of its stochastic interpolant: the API
 * for applications.
 *
 * <p>The result of a source sample depends on the model, the sample, its number, the seed and the options alone: not on
 * which others are carried with it. The ODE draws nothing, so there number and seed do not matter. The last step of the SDE
 * is one of the ODE, without noise. The weights never change, so one translator serves many threads; it is closed when no
 * call is in progress.
 */
public final class Translator implements AutoCloseable {
    /** Distance from the ends of a diffusion that is not 0 there, where the score may be singular. */
    private static final double MARGIN = 1e-3;

    private final ModelSpec spec;
    private final StochasticInterpolant bridge;
    private final InterpolantNetwork fields;
    private final Device device;
    private final boolean owned;

    private Translator(ModelSpec spec, Network network, boolean owned) {
        if (!(network instanceof InterpolantNetwork known)) {
            throw new IllegalArgumentException("translator: got "
                    + network.getClass().getSimpleName() + "; expected the fields of a bridge between two data sets");
        }
        this.spec = spec;
        this.bridge = spec.requireBridge();
        this.fields = known;
        this.device = known.parameters().values().iterator().next().buffer().device();
        this.owned = owned;
    }

    /**
     * Loads a checkpoint or an export; of a checkpoint, the first average, or the student where none was kept.
     *
     * @throws org.fewstep.io.BadFileException when the file is damaged or of another kind
     */
    public static Translator load(Path file, Device device) {
        try (ModelFile model = ModelFile.open(file)) {
            return load(model, model.defaultRole(), device);
        }
    }

    /**
     * Loads one network of a file by its role: {@code student} or {@code ema.DECAY}.
     *
     * @throws org.fewstep.io.BadFileException when the file is damaged or has no such network
     */
    public static Translator load(Path file, String role, Device device) {
        try (ModelFile model = ModelFile.open(file)) {
            return load(model, role, device);
        }
    }

    private static Translator load(ModelFile model, String role, Device device) {
        Network network = model.load(role, device);
        network.freeze(true);
        try {
            return new Translator(model.spec(), network, true);
        } catch (IllegalArgumentException e) {
            network.close();
            throw model.bad(
                    "a model of another kind", "a bridge between two data sets", "does it start from noise?", e);
        }
    }

    /** A translator on a network that stays the caller's and must not change during a call. */
    public static Translator of(ModelSpec spec, Network network) {
        return new Translator(spec, network, false);
    }

    /** What the model is. */
    public ModelSpec spec() {
        return spec;
    }

    /** Sizes of one sample: (2) for points, (C, H, W) for images. */
    public int[] shape() {
        return spec.sampleShape();
    }

    /** Evaluations of networks that one sample costs; the SDE asks for two fields at a time. */
    public int evaluations(int steps, TranslatorOptions options) {
        return legs(steps, options).stream()
                .mapToInt(leg -> leg.plan.evaluations() * leg.fields)
                .sum();
    }

    /** The times of a trajectory's states, from 0 to 1. */
    public double[] times(int steps, TranslatorOptions options) {
        List<Double> times = new ArrayList<>();
        times.add(0.0);
        for (Leg leg : legs(steps, options)) {
            leg.plan.steps().forEach(step -> times.add(step.to().t()));
        }
        return times.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /**
     * Carries source samples to the target.
     *
     * @param source n samples one after another, each row-major
     * @param first number of the first sample, at least 0; with the seed it fixes the noise
     * @param steps at least 1
     * @return n samples one after another, each row-major
     * @throws IllegalArgumentException when the numbers are not those of whole samples, or the SDE is asked of a model that
     *     learned the drift alone
     */
    public float[] translate(float[] source, long first, int steps, long seed, TranslatorOptions options) {
        int dim = spec.network().dim();
        int n = requireSamples(source, first);
        List<Leg> legs = legs(steps, options);
        float[] out = new float[source.length];
        for (int from = 0; from < n; from += options.chunk()) {
            int to = Math.min(n, from + options.chunk());
            try (Scope chunk = device.scope()) {
                Tensor x = run(
                        legs, Arrays.copyOfRange(source, from * dim, to * dim), first + from, seed, StepObserver.NONE);
                device.read(x.buffer(), out, from * dim, x.shape().count());
            }
        }
        return out;
    }

    /**
     * The states that lead from source samples to the target, computed together.
     *
     * @return an array for each of the {@link #times}, each n samples one after another
     */
    public List<float[]> trajectory(float[] source, long first, int steps, long seed, TranslatorOptions options) {
        requireSamples(source, first);
        List<float[]> states = new ArrayList<>();
        try (Scope all = device.scope()) {
            run(legs(steps, options), source, first, seed, (step, t, x) -> states.add(x.toFloats()));
        }
        return states;
    }

    /** Number of samples. */
    private int requireSamples(float[] source, long first) {
        int dim = spec.network().dim();
        if (source.length % dim != 0) {
            throw new IllegalArgumentException("translator: got " + source.length + " numbers; expected a multiple of "
                    + dim + ", the numbers in a sample");
        }
        if (first < 0 || first + source.length / dim < 0) {
            throw new IllegalArgumentException("translator: got first sample " + first + "; expected at least 0");
        }
        return source.length / dim;
    }

    /**
     * A part of the way with one plan.
     *
     * @param field of the plan
     * @param fields networks evaluated where the plan evaluates
     */
    private record Leg(StepPlan plan, Field field, int fields) {}

    private List<Leg> legs(int steps, TranslatorOptions options) {
        if (steps < 1) {
            throw new IllegalArgumentException("translator: got " + steps + " steps; expected at least 1");
        }
        Field drift = field(InterpolantField.B);
        if (options.diffusion() == 0) {
            return List.of(new Leg(options.solver().plan(grid(options, steps, 0, 1)), drift, 1));
        }
        InterpolantField score = score(options);
        double margin = options.form() == TranslatorOptions.Form.CONSTANT ? MARGIN : 0;
        TimeGrid whole = grid(options, steps, margin, 1);
        List<Leg> legs = new ArrayList<>();
        if (steps > 1) {
            double[] times = new double[steps];
            for (int i = 0; i < steps; i++) {
                times[i] = whole.point(i).t();
            }
            TimeGrid noisy = TimeGrid.of(whole.schedule(), times);
            BridgeDiffusion diffusion = options.form() == TranslatorOptions.Form.CONSTANT
                    ? new BridgeDiffusion.Constant(options.diffusion())
                    : new BridgeDiffusion.Width(options.diffusion(), bridge);
            BridgeSde sde = new BridgeSde(diffusion, options.scheme());
            Field field = score == InterpolantField.S
                    ? sde.field(drift, field(score), noisy)
                    : sde.latentField(drift, field(score), bridge, noisy);
            legs.add(new Leg(sde.plan(noisy), field, 2));
        }
        TimeGrid last = TimeGrid.of(
                whole.schedule(), whole.point(steps - 1).t(), whole.point(steps).t());
        legs.add(new Leg(new Euler().plan(last), drift, 1));
        return legs;
    }

    /** The linear path's schedule only counts time. */
    private static TimeGrid grid(TranslatorOptions options, int steps, double from, double to) {
        return TimeGrid.spaced(LinearPath.NOISE_AT_ZERO, options.spacing(), steps, from, to, FinalPoint.LEAST);
    }

    /** The field that the SDE takes beside the drift. */
    private InterpolantField score(TranslatorOptions options) {
        InterpolantField asked = options.score();
        InterpolantField chosen =
                asked != null ? asked : fields.has(InterpolantField.ETA) ? InterpolantField.ETA : InterpolantField.S;
        if (!fields.has(chosen)) {
            throw new IllegalArgumentException("translator: got diffusion " + options.diffusion() + " for a model that"
                    + " learned " + fields.config().fields() + "; expected diffusion 0, or a model with "
                    + (asked == null ? "S or ETA" : asked) + "; train with method.learn");
        }
        return chosen;
    }

    private Field field(InterpolantField field) {
        return (x, point) -> fields.of(field, x, Tensor.full(x.device(), x.dtype(), point.t(), Shape.of(x.dim(0))));
    }

    private Tensor run(List<Leg> legs, float[] source, long first, long seed, StepObserver observer) {
        int n = source.length / spec.network().dim();
        Tensor x = Tensor.of(device, spec.dtype(), source, spec.batchShape(n));
        NoiseSource noise = NoiseSource.seeded(new Rng(seed).stream("bridge"), first);
        observer.at(0, 0, x);
        int done = 0;
        try (NoGrad off = NoGrad.open()) {
            for (Leg leg : legs) {
                try (Stepper stepper = new Stepper(leg.plan, x)) {
                    while (!stepper.isFinished()) {
                        Tensor next = stepper.step(leg.field, noise);
                        Scope.drop(x.buffer());
                        x = next;
                        observer.at(++done, stepper.point().t(), x);
                    }
                }
            }
        }
        return x;
    }

    @Override
    public void close() {
        if (owned) {
            fields.close();
        }
    }
}
