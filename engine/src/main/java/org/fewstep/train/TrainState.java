package org.fewstep.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Slots;
import org.fewstep.loss.LossResult;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Network;
import org.fewstep.model.Parameter;
import org.fewstep.model.Parametrisation;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.ModelWriter;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** All that one step leaves to the next: the student, its averages, the optimizer's moments, and the teacher it learns from. */
final class TrainState implements AutoCloseable {
    private static final String OPTIMIZER = "optim." + ModelFile.STUDENT + ".";

    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Network student;
    private @Nullable Teacher teacher;
    private final @Nullable Ema<Network> target;
    private final List<Ema<Network>> averages = new ArrayList<>();
    private final Slots slots;
    private final Optimizer optimizer;
    private final GradClip clip;
    private final List<Tensor> leaves;

    /**
     * The state before the first step: parameters drawn from the seed or of the teacher, averages equal to them, moments zero.
     *
     * @param from checkpoint that {@link #read} will follow for, which has the teacher; null for a fresh run
     */
    TrainState(Recipe recipe, ModelSpec spec, Device device, @Nullable ModelFile from) {
        TrainingSettings training = recipe.training();
        OptimizerSettings o = recipe.optimizer();
        Init init = new Init(device, spec.dtype(), new Rng(training.seed()).stream("init"));
        try {
            Teacher found = from == null ? Teacher.open(recipe, spec, device) : Teacher.stored(recipe, from, device);
            if (found != null) {
                own(found);
            }
            this.student = own(spec.network().build(init));
            Network start = found == null || from != null || !recipe.startsFromTeacher() ? null : found.network();
            if (start != null) {
                student.copyFrom(start);
            }
            this.teacher = recipe.method().taught() ? found : null;
            if (found != null && teacher == null) {
                owned.remove(found);
                found.close();
            }
            this.leaves = student.leaves();
            LongToDoubleFunction rate = recipe.method().targetRate(training.steps());
            int capacity = Moments.SLOTS + 1 + training.ema().size() + (rate == null ? 0 : 1);
            this.slots = own(new Slots(device, spec.dtype(), capacity));
            this.optimizer = own(optimizer(o));
            Double limit = o.clip();
            this.clip =
                    own(new GradClip(device, spec.dtype(), slots, limit == null ? Double.POSITIVE_INFINITY : limit, 2));
            for (double decay : training.ema()) {
                Network average = own(spec.network().build(init));
                averages.add(new Ema<>(student, average, decay, training.emaWarmUp(), slots));
            }
            this.target = rate == null
                    ? null
                    : new Ema<>(student, own(spec.network().build(init)), ModelFile.TARGET, rate, slots);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private <C extends AutoCloseable> C own(C part) {
        owned.add(part);
        return part;
    }

    private Optimizer optimizer(OptimizerSettings o) {
        double beta1 = o.betas().get(0);
        double beta2 = o.betas().get(1);
        return switch (o.kind()) {
            case ADAMW -> new AdamW(student, slots, beta1, beta2, o.eps(), o.weightDecay());
            case RADAM -> new RAdam(student, slots, beta1, beta2, o.eps(), o.weightDecay());
        };
    }

    Network student() {
        return student;
    }

    /** Leaves that gradients are taken for. */
    List<Tensor> leaves() {
        return leaves;
    }

    /** The first average, or the student where none is kept. */
    Network sampled() {
        return averages.isEmpty() ? student : averages.get(0).network();
    }

    /** The teacher that the method learns from, or null. */
    @Nullable
    Teacher teacher() {
        return teacher;
    }

    /** The average that targets are taken from, or null. */
    @Nullable
    FlowNetwork target() {
        return target == null ? null : (FlowNetwork) target.network();
    }

    /** Begins a round: a copy of the student becomes the teacher, averages and the optimizer's moments start anew. */
    void beginRound(ModelSpec spec, Device device) {
        Parametrisation as = spec.parametrisation();
        if (as == null) {
            throw new IllegalStateException(
                    "rounds: got a model without parametrisation; expected one of noise levels");
        }
        Init init = new Init(device, spec.dtype(), new Rng(0));
        FlowNetwork copy = (FlowNetwork) spec.network().build(init);
        Teacher next = own(Teacher.of(copy, as));
        copy.copyFrom(student);
        Teacher before = teacher;
        if (before != null) {
            owned.remove(before);
            before.close();
        }
        teacher = next;
        averages.forEach(average -> average.network().copyFrom(student));
        optimizer.state().values().forEach(Moments::clear);
    }

    /** Sets the scalars of an update, n counted from 0 in its round. */
    void prepare(long n, double lr) {
        optimizer.prepare(n + 1, lr);
        for (Ema<Network> average : averages) {
            average.prepare(n);
        }
        if (target != null) {
            target.prepare(n);
        }
        slots.stage();
    }

    /** Measures gradients and the loss they belong to; the numbers stay on the device. */
    void measure(List<Tensor> gradients, LossResult result) {
        clip.apply(gradients, result.total(), result.error());
    }

    /**
     * What was measured last; waits for the device.
     *
     * @param norm of all gradients
     * @param finite whether the norm is
     * @param objective value that was differentiated
     * @param error value to watch
     */
    record Measured(double norm, boolean finite, double objective, double error) {}

    /** Reads what was measured last, in one transfer. */
    Measured measured() {
        double[] host = clip.read();
        return new Measured(host[0], host[2] == 0, host[3], host[4]);
    }

    /** Carries out the update that was prepared. */
    void update(List<Tensor> gradients) {
        optimizer.apply(gradients, clip.buffer());
        for (Ema<Network> average : averages) {
            average.apply();
        }
        if (target != null) {
            target.apply();
        }
    }

    /** Adds everything to a file. */
    void write(ModelWriter file) {
        file.network(ModelFile.STUDENT, student);
        Map<String, Parameter> parameters = student.trained();
        optimizer
                .state()
                .forEach((name, buffer) -> file.tensor(
                        OPTIMIZER + name, buffer, parameter(parameters, name).shape()));
        for (Ema<Network> average : averages) {
            file.network(ModelFile.EMA + average.name(), average.network());
        }
        if (target != null) {
            file.network(ModelFile.TARGET, target.network());
        }
        Network taught = teacher == null ? null : teacher.network();
        if (taught != null) {
            file.network(ModelFile.TEACHER, taught);
            file.structure(ModelFile.KEY_TEACHER, taught.config());
        }
        file.put(
                ModelFile.KEY_SAMPLED,
                averages.isEmpty()
                        ? ModelFile.STUDENT
                        : ModelFile.EMA + averages.get(0).name());
    }

    /**
     * Compares a checkpoint with the state that its recipe makes, before any of it is allocated.
     *
     * @throws BadFileException when they differ
     */
    static void requireFit(ModelFile file, Recipe recipe, ModelSpec spec) {
        if (!Checkpoint.isResumable(file.metadata())) {
            throw file.bad("an export", "a checkpoint", "resume from the checkpoint of the run");
        }
        if (!file.spec().equals(spec)) {
            throw file.bad("networks of " + file.spec(), spec + ", which the recipe makes", "did the data change?");
        }
        for (double decay : recipe.training().ema()) {
            if (!file.roles().contains(ModelFile.EMA + Ema.name(decay))) {
                throw file.bad("no network " + ModelFile.EMA + Ema.name(decay), "one a decay", "is it cut off?");
            }
        }
    }

    /** Takes everything from a file, which must hold exactly this. */
    void read(ModelFile file) {
        Set<String> expected = new TreeSet<>();
        Map<String, Parameter> parameters = student.trained();
        Map<String, Buffer> moments = new LinkedHashMap<>(optimizer.state());
        moments.keySet().forEach(name -> expected.add(OPTIMIZER + name));
        student.parameters().keySet().forEach(name -> expected.add(ModelFile.STUDENT + "/" + name));
        for (Ema<Network> average : averages) {
            student.parameters().keySet().forEach(name -> expected.add(ModelFile.EMA + average.name() + "/" + name));
        }
        Network taught = teacher == null ? null : teacher.network();
        if (taught != null) {
            taught.parameters().keySet().forEach(name -> expected.add(ModelFile.TEACHER + "/" + name));
        }
        if (target != null) {
            student.parameters().keySet().forEach(name -> expected.add(ModelFile.TARGET + "/" + name));
        }
        requireNames(file, expected);
        if (target != null) {
            file.load(ModelFile.TARGET, target.network());
        }
        file.load(ModelFile.STUDENT, student);
        moments.forEach((name, buffer) ->
                file.read(OPTIMIZER + name, buffer, parameter(parameters, name).shape()));
        for (Ema<Network> average : averages) {
            file.load(ModelFile.EMA + average.name(), average.network());
        }
    }

    private static void requireNames(ModelFile file, Set<String> expected) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(file.names());
        if (!missing.isEmpty()) {
            throw file.bad(
                    "no tensor " + BadFileException.quote(missing.iterator().next()),
                    "the whole state of the run",
                    "is it damaged?");
        }
        Set<String> unknown = new TreeSet<>(file.names());
        unknown.removeAll(expected);
        if (!unknown.isEmpty()) {
            throw file.bad(
                    "tensor " + BadFileException.quote(unknown.iterator().next()),
                    "only the state of the run",
                    "is it a file of another run?");
        }
    }

    /** The parameter that a state tensor {@code m/PARAM} belongs to. */
    private static Parameter parameter(Map<String, Parameter> parameters, String name) {
        Parameter parameter = parameters.get(name.substring(name.indexOf('/') + 1));
        if (parameter == null) {
            throw new IllegalStateException("optimizer: got state " + name + "; expected that of a parameter");
        }
        return parameter;
    }

    @Override
    public void close() {
        for (AutoCloseable part : owned) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("close: a part of the training state failed", e);
            }
        }
        owned.clear();
    }
}
