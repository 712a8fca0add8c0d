package org.fewstep.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.data.Dataset;
import org.fewstep.io.MetricsLog;
import org.fewstep.kernels.Device;
import org.fewstep.loss.Loss;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.sample.Classifier;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.Translator;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a recipe in a run folder: metrics, one checkpoint that is replaced atomically, and a lock.
 *
 * <p>Step n is the updates of each opponent of the student, in turn, then the student's own. It draws data, times and noise
 * from (seed, n) alone, so a run resumed from its checkpoint goes on as if it had
 * never been broken off, bit for bit. A loss or gradient that is not finite stops the run before the update with a
 * {@link NotFiniteException}; the last checkpoint stays. A trainer is run by one thread; {@link #stop} may come from any.
 */
public final class Trainer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Trainer.class.getName());

    private final Recipe recipe;
    private final Device device;
    private final Dataset dataset;
    private final ModelSpec spec;
    private final Rng rng;
    private final @Nullable Dataset start;
    private final List<Callback> callbacks;
    private final RunFolder folder;
    private final TrainState state;
    private final Map<Opponent<?>, TrainingStep<?, ?>> opponents = new LinkedHashMap<>();
    private final MetricsLog metrics;
    private final Map<String, Double> opponentLosses = new TreeMap<>();
    private Round round;
    private TrainingStep<Network, ?> work;
    private long step;
    private long saved;
    private volatile boolean stopping;

    /** Takes over the folder, which it closes when it fails or is closed. */
    private Trainer(
            Recipe recipe, RunFolder folder, Device device, List<Callback> callbacks, @Nullable ModelFile from) {
        List<AutoCloseable> opened = new ArrayList<>();
        opened.add(folder);
        boolean made = false;
        try {
            this.recipe = recipe;
            this.folder = folder;
            this.device = device;
            this.callbacks = List.copyOf(callbacks);
            this.dataset = recipe.data().open();
            this.spec = spec(recipe, dataset);
            TrainingSettings training = recipe.training();
            this.rng = new Rng(training.seed());
            DataSettings source = recipe.source();
            this.start = source == null ? null : source.open(DataSettings.Side.SOURCE);
            if (from != null) {
                TrainState.requireFit(from, recipe, spec);
            }
            this.state = new TrainState(recipe, spec, device, from);
            opened.add(state);
            Roles roles = roles();
            for (Opponent<?> opponent : state.opponents()) {
                Rng own = rng.stream(opponent.name());
                opponents.put(opponent, work(opponent, roles, batches(own), own));
            }
            this.work = work(recipe.method().loss(roles), batches(rng), rng, state.student());
            opened.add(0, work);
            opened.addAll(0, opponents.values());
            if (from != null) {
                this.step = restore(from);
            }
            this.round = recipe.method().round(step, training.steps());
            this.saved = from == null ? -1 : step;
            this.metrics = MetricsLog.open(folder.path(), saved);
            opened.add(metrics);
            if (from == null) {
                save();
            }
            made = true;
        } finally {
            if (!made) {
                closeAll(opened);
            }
        }
    }

    /** Data of updates in an order of their own. */
    private Batches batches(Rng own) {
        return new Batches(
                dataset,
                start,
                recipe.training().batch(),
                own.stream("order"),
                device,
                spec.dtype(),
                recipe.classes(dataset) > 0);
    }

    private static ModelSpec spec(Recipe recipe, Dataset dataset) {
        List<Integer> shape = new ArrayList<>();
        for (int size : dataset.sampleShape()) {
            shape.add(size);
        }
        return new ModelSpec(
                recipe.networkConfig(dataset),
                recipe.training().dtype(),
                recipe.method().path(),
                recipe.method().bridge(),
                recipe.method().parametrisation(),
                shape);
    }

    /**
     * Starts a run; its checkpoint of step 0 is there when this returns.
     *
     * @param path run folder, made if it is missing
     * @throws IllegalArgumentException when the folder holds a run already
     * @throws IllegalStateException when another trainer holds the folder
     */
    public static Trainer start(Recipe recipe, Path path, Device device, Callback... callbacks) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException("make the run folder " + path, e);
        }
        RunFolder folder = RunFolder.lock(path);
        if (holdsRun(path)) {
            folder.close();
            throw new IllegalArgumentException("train: got " + path
                    + ", which holds a run; expected a fresh folder; resume the run or choose another folder");
        }
        return new Trainer(recipe, folder, device, List.of(callbacks), null);
    }

    /**
     * Goes on with a run from its checkpoint.
     *
     * @throws IllegalArgumentException when the folder holds no run
     * @throws IllegalStateException when another trainer holds the folder
     * @throws org.fewstep.io.BadFileException when the checkpoint is damaged
     */
    public static Trainer resume(Path path, Device device, Callback... callbacks) {
        if (!holdsRun(path)) {
            throw new IllegalArgumentException(
                    "resume: got " + path + "; expected a folder with " + Checkpoint.FILE + "; start the run first");
        }
        RunFolder folder = RunFolder.lock(path);
        boolean handedOver = false;
        try (ModelFile file = ModelFile.open(folder.file(Checkpoint.FILE))) {
            Recipe recipe = Checkpoint.of(file).recipe();
            handedOver = true;
            return new Trainer(recipe, folder, device, List.of(callbacks), file);
        } finally {
            if (!handedOver) {
                folder.close();
            }
        }
    }

    /** True when a run was started in this folder, so that it can be resumed. */
    public static boolean holdsRun(Path path) {
        return Files.exists(path.resolve(Checkpoint.FILE));
    }

    private long restore(ModelFile file) {
        Checkpoint checkpoint = Checkpoint.of(file);
        state.read(file);
        warn("device", checkpoint.device(), device.fingerprint());
        warn("version", checkpoint.version(), Checkpoint.runningVersion());
        return checkpoint.step();
    }

    private void warn(String what, String then, String now) {
        if (!then.equals(now)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "resume {0}: written on {1} {2}, resumed on {3}; the run goes on, but not with the same bits",
                    folder.path(),
                    what,
                    then,
                    now);
        }
    }

    /**
     * Runs until the last step or until {@link #stop}; the checkpoint of the step reached is in place when it returns.
     *
     * @throws NotFiniteException when loss or gradients are not finite
     */
    public void run() {
        callbacks.forEach(c -> c.onStart(this));
        TrainingSettings training = recipe.training();
        while (step < training.steps() && !stopping) {
            StepReport report = advance();
            enterRound();
            if (step % training.logEvery() == 0 || step == training.steps()) {
                Map<String, Double> row = new TreeMap<>(opponentLosses);
                row.put("loss", report.loss());
                row.put("objective", report.objective());
                row.put("lr", report.learningRate());
                row.put("grad-norm", report.gradNorm());
                log(row);
            }
            callbacks.forEach(c -> c.onStep(this, report));
            if (step % training.checkpointEvery() == 0) {
                checkpoint();
            }
        }
        checkpoint();
        callbacks.forEach(c -> c.onEnd(this));
    }

    private StepReport advance() {
        opponents.forEach((opponent, theirs) -> {
            for (int i = 0; i < opponent.updates(); i++) {
                Player.Measured m =
                        theirs.run(step * opponent.updates() + i, step + 1).measured();
                opponentLosses.put(opponent.name() + "-loss", m.error());
            }
        });
        TrainingStep.Done done = work.run(step, step + 1);
        Player.Measured m = done.measured();
        step++;
        return new StepReport(step, recipe.training().steps(), m.error(), m.objective(), done.lr(), m.norm());
    }

    /** Begins the next round where the last one is done, before its checkpoint is written. */
    private void enterRound() {
        Round now = recipe.method().round(step, recipe.training().steps());
        if (now.equals(round)) {
            return;
        }
        work.close();
        state.beginRound(now, spec, device);
        work = work(recipe.method().loss(roles()), batches(rng), rng, state.student());
        round = now;
    }

    private Roles roles() {
        return new Roles(
                recipe.classes(dataset),
                spec.network().dim(),
                recipe.training().steps(),
                state.teacher(),
                state.perceptual(),
                state.target(),
                state.student().network(),
                state.logVariance(),
                state.networks());
    }

    private <M extends Module> TrainingStep<M, ?> work(Opponent<M> opponent, Roles roles, Batches data, Rng rng) {
        return work(opponent.loss(roles), data, rng, state.player(opponent));
    }

    private <M extends Module, D> TrainingStep<M, D> work(
            Loss<? super M, D> loss, Batches data, Rng rng, Player<M> player) {
        return new TrainingStep<>(
                device,
                data::at,
                loss,
                rng.stream("draw"),
                player,
                recipe.training().replay());
    }

    private void checkpoint() {
        if (saved != step) {
            state.requireFinite(step);
            save();
            callbacks.forEach(c -> c.onCheckpoint(this, folder.file(Checkpoint.FILE)));
        }
    }

    private void save() {
        metrics.force();
        Checkpoint.write(folder.file(Checkpoint.FILE), recipe, spec, step, device, state);
        saved = step;
    }

    /**
     * Writes the network that samples are made with, as it is now, for use by {@link Generator}.
     *
     * @param notes further metadata
     */
    public void export(Path file, Map<String, String> notes) {
        Checkpoint.export(file, recipe, spec, step, device, state, notes);
    }

    /** Asks {@link #run} to end after the step in progress, with a checkpoint. */
    public void stop() {
        stopping = true;
    }

    /** True once {@link #stop} was called. */
    public boolean isStopping() {
        return stopping;
    }

    /** Adds a row of named numbers to the metrics of the step done last. */
    public void log(Map<String, Double> values) {
        metrics.row(step, values);
    }

    /** Steps done. */
    public long step() {
        return step;
    }

    public Recipe recipe() {
        return recipe;
    }

    public Dataset dataset() {
        return dataset;
    }

    public Device device() {
        return device;
    }

    /** The run folder. */
    public Path folder() {
        return folder.path();
    }

    /** The network in training. */
    public Network student() {
        return state.student().network();
    }

    /** A generator on the current average (or student), for use between steps; it need not be closed. */
    public Generator generator() {
        return Generator.of(spec, state.sampled());
    }

    /** A translator on the current average (or student) of a bridge, for use between steps; it need not be closed. */
    public Translator translator() {
        return Translator.of(spec, state.sampled());
    }

    /** A classifier on the current average (or student), for use between steps; it need not be closed. */
    public Classifier classifier() {
        return Classifier.of(spec, state.sampled());
    }

    @Override
    public void close() {
        List<AutoCloseable> parts = new ArrayList<>(opponents.values());
        parts.addAll(List.of(metrics, work, state, folder));
        closeAll(parts);
    }

    /** Closes all; the first failure is thrown, the others are suppressed in it. */
    private static void closeAll(List<? extends AutoCloseable> parts) {
        IllegalStateException failure = null;
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("close: a part of the trainer failed", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
