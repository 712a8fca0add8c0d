package org.fewstep.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.Device;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.ModelWriter;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** All that one step leaves to the next: the student, its opponents, and the teacher that they learn from. */
final class TrainState implements AutoCloseable {
    /** Of the weight of times, in files. */
    private static final String LOG_VARIANCE = "logvar";

    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Player<Network> student;
    private final Map<Opponent<?>, Player<?>> opponents = new LinkedHashMap<>();
    private final @Nullable Module logVariance;
    private final String sampled;
    private final @Nullable PerceptualNet perceptual;
    private @Nullable Teacher teacher;

    /**
     * The state before the first step: parameters drawn from the seed or of the teacher, averages equal to them, moments zero.
     *
     * @param from checkpoint that {@link #read} will follow for, which has the teacher; null for a fresh run
     */
    TrainState(Recipe recipe, ModelSpec spec, Device device, @Nullable ModelFile from) {
        TrainingSettings training = recipe.training();
        Rng rng = new Rng(training.seed());
        Init init = new Init(device, spec.dtype(), rng.stream("init"));
        try {
            Teacher found = from == null ? Teacher.open(recipe, spec, device) : Teacher.stored(recipe, from, device);
            if (found != null) {
                own(found);
            }
            Network network = own(spec.network().build(init));
            FlowNetwork start = found == null || from != null || !recipe.startsFromTeacher() ? null : found.network();
            if (start != null
                    && network instanceof FlowNetwork map
                    && start.config().times() < map.config().times()) {
                map.startAs(start);
            } else if (start != null) {
                network.copyFrom(start);
            }
            this.teacher = recipe.method().taught() ? found : null;
            if (found != null && teacher == null) {
                owned.remove(found);
                found.close();
            }
            this.perceptual = from == null
                    ? PerceptualNet.open(recipe, spec, device)
                    : PerceptualNet.stored(recipe, from, device);
            if (perceptual != null) {
                own(perceptual);
            }
            LongToDoubleFunction rate = recipe.method().targetRate(training.steps());
            int averages = training.ema().size() + (rate == null ? 0 : 1);
            Rng weight = rng.stream(LOG_VARIANCE);
            this.logVariance = recipe.method().logVariance(new Init(device, spec.dtype(), weight.stream("init")));
            Map<String, Module> beside = new LinkedHashMap<>();
            if (logVariance != null) {
                beside.put(LOG_VARIANCE, own(logVariance));
            }
            this.student = own(new Player<>(
                    ModelFile.STUDENT, network, beside, recipe.optimizer(), round(recipe, from), averages));
            for (double decay : training.ema()) {
                Network copy = own(spec.network().build(init));
                student.average(ModelFile.EMA + Ema.name(decay), copy, decay, training.emaWarmUp());
            }
            if (rate != null) {
                student.average(ModelFile.TARGET, own(spec.network().build(init)), rate);
            }
            this.sampled = training.ema().isEmpty()
                    ? ModelFile.STUDENT
                    : ModelFile.EMA + Ema.name(training.ema().get(0));
            for (Opponent<?> opponent : recipe.method().opponents()) {
                Rng own = rng.stream(opponent.name());
                opponents.put(
                        opponent, join(opponent, spec, new Init(device, spec.dtype(), own.stream("init")), training));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private <M extends Module> Player<M> join(Opponent<M> opponent, ModelSpec spec, Init init, TrainingSettings run) {
        M network = own(opponent.build(init, spec, teacher));
        long updates = Math.multiplyExact((long) run.steps(), opponent.updates());
        return own(new Player<>(opponent.name(), network, Map.of(), opponent.optimizer(), new Round(0, 0, updates), 0));
    }

    private static Round round(Recipe recipe, @Nullable ModelFile from) {
        long step = from == null ? 0 : Checkpoint.of(from).step();
        return recipe.method().round(step, recipe.training().steps());
    }

    private <C extends AutoCloseable> C own(C part) {
        owned.add(part);
        return part;
    }

    Player<Network> student() {
        return student;
    }

    /** The player of an opponent. */
    @SuppressWarnings("unchecked") // join puts a player of the opponent's own type
    <M extends Module> Player<M> player(Opponent<M> opponent) {
        Player<?> player = opponents.get(opponent);
        if (player == null) {
            throw new IllegalStateException("train: got opponent " + opponent.name() + "; expected one of the method");
        }
        return (Player<M>) player;
    }

    /** Whom the student has beside it. */
    Set<Opponent<?>> opponents() {
        return opponents.keySet();
    }

    /** The networks of the opponents by name. */
    Map<String, Module> networks() {
        Map<String, Module> networks = new LinkedHashMap<>();
        opponents.forEach((opponent, player) -> networks.put(opponent.name(), player.network()));
        return networks;
    }

    /** The first average, or the student where none is kept. */
    Network sampled() {
        return sampled.equals(ModelFile.STUDENT) ? student.network() : student.average(sampled);
    }

    /** Role of the {@link #sampled} network in files. */
    String sampledRole() {
        return sampled;
    }

    /** The teacher that the method learns from, or null. */
    @Nullable
    Teacher teacher() {
        return teacher;
    }

    /** The network in whose states samples are compared, or null. */
    @Nullable
    PerceptualNet perceptual() {
        return perceptual;
    }

    /** The average that targets are taken from, or null. */
    @Nullable
    FlowNetwork target() {
        return student.roles().contains(ModelFile.TARGET) ? (FlowNetwork) student.average(ModelFile.TARGET) : null;
    }

    /** The weight of times that is trained with the student, or null. */
    @Nullable
    Module logVariance() {
        return logVariance;
    }

    /** Begins a round: a copy of the student becomes the teacher; the student's averages and moments start anew. */
    void beginRound(Round round, ModelSpec spec, Device device) {
        Parametrisation as = spec.parametrisation();
        if (as == null) {
            throw new IllegalStateException(
                    "rounds: got a model without parametrisation; expected one of noise levels");
        }
        FlowNetwork copy = (FlowNetwork) spec.network().build(new Init(device, spec.dtype(), new Rng(0)));
        Teacher next = own(Teacher.of(copy, as));
        copy.copyFrom(student.network());
        Teacher before = teacher;
        if (before != null) {
            owned.remove(before);
            before.close();
        }
        teacher = next;
        student.begin(round);
    }

    /**
     * Throws when an update has left a parameter that is not finite, so that no checkpoint keeps it.
     *
     * @param step steps done
     */
    void requireFinite(long step) {
        NotFiniteSearch.requireFinite(step, student);
        opponents.values().forEach(player -> NotFiniteSearch.requireFinite(step, player));
    }

    /** Adds everything to a file. */
    void write(ModelWriter file) {
        student.write(file);
        if (teacher != null) {
            teacher.write(file);
        }
        if (perceptual != null) {
            file.network(ModelFile.PERCEPTUAL, perceptual.network());
            file.structure(ModelFile.KEY_PERCEPTUAL, perceptual.network().config());
        }
        opponents.values().forEach(player -> player.write(file));
        file.put(ModelFile.KEY_SAMPLED, sampled);
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
        student.names(expected);
        opponents.values().forEach(player -> player.names(expected));
        Network taught = teacher == null ? null : teacher.network();
        if (taught != null) {
            taught.parameters().keySet().forEach(name -> expected.add(ModelFile.TEACHER + "/" + name));
        }
        Network weak = teacher == null ? null : teacher.weak();
        if (weak != null) {
            weak.parameters().keySet().forEach(name -> expected.add(ModelFile.WEAK + "/" + name));
        }
        if (perceptual != null) {
            perceptual.network().parameters().keySet().forEach(name -> expected.add(ModelFile.PERCEPTUAL + "/" + name));
        }
        requireNames(file, expected);
        student.read(file);
        opponents.values().forEach(player -> player.read(file));
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
