package org.fewstep.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.fewstep.io.AtomicFile;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.Settings;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.SolverChoice;
import org.fewstep.sample.TranslatorOptions;
import org.fewstep.train.Accuracy;
import org.fewstep.train.AccuracyWatch;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.fewstep.train.SampleSettings;
import org.fewstep.train.SampleWatch;
import org.fewstep.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fewstep train}: a recipe becomes a run folder with metrics, a checkpoint, loss curve and samples. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train a model as a recipe says, into a run folder. Ctrl-C ends it with a checkpoint.")
final class TrainCommand implements Callable<Integer> {
    /** File in the run folder with the recipe in full. */
    static final String RECIPE_FILE = "recipe.yaml";

    /** File in the run folder with the loss curve. */
    static final String CHART_FILE = "loss.png";

    private final Screen screen;
    private final AccuracyWatch accuracy = new AccuracyWatch();
    private final SampleWatch watch = new SampleWatch();

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "A built-in recipe or a YAML file.")
    private @Nullable String recipeName;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the data; sets data.folder, and source.folder where there is one.")
    private @Nullable String data;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder; by default runs/ and the recipe's name.")
    private @Nullable Path out;

    @Option(
            names = "--set",
            paramLabel = "a.b=c",
            description = "Replace a value of the recipe, as in --set training.steps=200. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random; sets training.seed.")
    private @Nullable Long seed;

    @Option(names = "--resume", description = "Go on with the run in the folder from its checkpoint.")
    private boolean resume;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    TrainCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Device device = Devices.require(deviceName);
        @Nullable Recipe recipe = recipe();
        Path folder = folder(recipe);
        try (ShutdownStop stop = new ShutdownStop();
                Trainer trainer = open(recipe, folder, device, stop)) {
            return run(trainer);
        }
    }

    private @Nullable Recipe recipe() {
        if (recipeName == null) {
            if (!resume) {
                throw new IllegalArgumentException(
                        "--recipe: got none; expected a built-in name or a file; see fewstep recipes");
            }
            if (data != null || seed != null || !settings.isEmpty()) {
                throw new IllegalArgumentException("--resume: got --data, --seed or --set without --recipe;"
                        + " expected neither, since the run goes on by the recipe in its checkpoint");
            }
            return null;
        }
        List<String> all = new ArrayList<>(settings);
        if (seed != null) {
            all.add("training.seed=" + seed);
        }
        Map<String, Object> map =
                Settings.override(Recipe.class, RecipeText.of(recipeName).map(), all);
        return Recipe.from(map, data == null ? List.of() : Recipe.folders(map, data));
    }

    private Path folder(@Nullable Recipe recipe) {
        if (out != null) {
            return out;
        }
        if (recipe == null) {
            throw new IllegalArgumentException("--out: got none; expected the folder of the run");
        }
        if (!recipe.name().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException("--out: got none and the recipe name \"" + recipe.name()
                    + "\", which makes no good folder name; expected letters, digits, '.', '_', '-'; give --out");
        }
        return Path.of("runs", recipe.name());
    }

    private Trainer open(@Nullable Recipe recipe, Path folder, Device device, ShutdownStop stop) {
        if (resume) {
            Trainer trainer = Trainer.resume(folder, device, new RunWatch(screen, "train", stop), accuracy, watch);
            if (recipe != null && !recipe.equals(trainer.recipe())) {
                trainer.close();
                throw new IllegalArgumentException("--resume: got a recipe that differs from the run's in "
                        + String.join(
                                ", ", differing(recipe.toMap(), trainer.recipe().toMap()))
                        + "; expected the same; leave --recipe out to go on as the run began");
            }
            return trainer;
        }
        if (recipe == null) {
            throw new IllegalStateException("train: no recipe to start with");
        }
        FreshFiles fresh = new FreshFiles(folder);
        try {
            return Trainer.start(recipe, folder, device, new RunWatch(screen, "train", stop), accuracy, watch);
        } catch (RuntimeException | Error e) {
            fresh.remove();
            throw e;
        }
    }

    private int run(Trainer trainer) {
        Recipe recipe = trainer.recipe();
        Path folder = trainer.folder();
        AtomicFile.write(
                folder.resolve(RECIPE_FILE), YamlFile.write(recipe.toMap()).getBytes(StandardCharsets.UTF_8));
        announce(trainer);
        long first = trainer.step();
        long start = System.nanoTime();
        trainer.run();
        double seconds = (System.nanoTime() - start) * 1e-9;
        boolean finished = trainer.step() == recipe.training().steps();
        screen.line(
                "%s steps in %s%s",
                Text.count(trainer.step() - first),
                Text.duration(seconds),
                finished ? "" : ", interrupted at step " + Text.count(trainer.step()));

        List<Path> files = new ArrayList<>(List.of(
                folder.resolve(RECIPE_FILE),
                folder.resolve(MetricsLog.JSONL),
                folder.resolve(MetricsLog.CSV),
                folder.resolve(Checkpoint.FILE)));
        if (Files.exists(folder.resolve(SampleWatch.FILE))) {
            files.add(folder.resolve(SampleWatch.FILE));
        }
        if (!finished) {
            FileList.show(screen, files);
            screen.line("go on with: fewstep train --resume --out %s", folder);
            return ExitCode.INTERRUPTED.code();
        }
        Path chart = folder.resolve(CHART_FILE);
        if (new LossChart("Loss of " + recipe.name())
                .add("training", LossCurve.read(folder))
                .write(chart)) {
            files.add(chart);
        }
        Optional<Accuracy> measured = accuracy.last();
        if (measured.isPresent()) {
            AccuracyTable.show(screen, measured.get());
        } else {
            files.addAll(samples(trainer));
        }
        FileList.show(screen, files);
        return ExitCode.OK.code();
    }

    private void announce(Trainer trainer) {
        Recipe recipe = trainer.recipe();
        long parameters = trainer.student().parameters().values().stream()
                .mapToLong(p -> p.shape().count())
                .sum();
        screen.line("recipe   %s", recipe.name());
        screen.line(
                "data     samples of shape %s%s",
                Arrays.toString(trainer.dataset().sampleShape()),
                trainer.dataset().classes() == 0 ? "" : ", " + trainer.dataset().classes() + " classes");
        screen.line("network  %s parameters", Text.count(parameters));
        screen.line("device   %s, %s", trainer.device().name(), trainer.device().fingerprint());
        screen.line(
                "run      %s steps of %s samples, seed %d%s",
                Text.count(recipe.training().steps()),
                Text.count(recipe.training().batch()),
                recipe.training().seed(),
                trainer.step() == 0 ? "" : ", resumed at step " + Text.count(trainer.step()));
        screen.line("folder   %s", trainer.folder());
    }

    private List<Path> samples(Trainer trainer) {
        SampleSettings s = trainer.recipe().sample();
        if (trainer.recipe().source() != null) {
            int n = Math.multiplyExact(s.rows(), s.columns());
            TranslatorOptions usual = TranslatorOptions.DEFAULT;
            SampleSheet sheet = new SampleSheet(
                    trainer.translator(),
                    s.solver() == SolverChoice.AUTO
                            ? usual
                            : usual.withSolver(s.solver().ode(), usual.spacing()),
                    s.seed(),
                    HeldOut.source(trainer.recipe(), s.seed()).read(n),
                    n,
                    s.columns());
            s.steps().forEach(sheet::make);
            return sheet.write(trainer.folder());
        }
        Generator generator = trainer.generator();
        List<Integer> classes = s.classes().isEmpty() ? all(generator.classes()) : s.classes();
        int[] labels = SampleSheet.rows(classes, s.rows(), s.columns());
        GeneratorOptions options =
                GeneratorOptions.DEFAULT.withSolver(s.solver()).withGuidance(s.guidance());
        SampleSheet sheet = new SampleSheet(generator, options, s.seed(), labels, s.columns());
        s.steps().forEach(sheet::make);
        return sheet.write(trainer.folder());
    }

    private static List<Integer> all(int classes) {
        List<Integer> all = new ArrayList<>();
        for (int k = 0; k < classes; k++) {
            all.add(k);
        }
        return all;
    }

    /** Dotted keys whose values differ. */
    private static List<String> differing(Map<String, Object> a, Map<String, Object> b) {
        Map<String, Object> flatA = flat(a, "", new LinkedHashMap<>());
        Map<String, Object> flatB = flat(b, "", new LinkedHashMap<>());
        TreeSet<String> keys = new TreeSet<>(flatA.keySet());
        keys.addAll(flatB.keySet());
        keys.removeIf(key -> flatA.containsKey(key)
                && flatB.containsKey(key)
                && String.valueOf(flatA.get(key)).equals(String.valueOf(flatB.get(key))));
        return List.copyOf(keys);
    }

    private static Map<String, Object> flat(Map<?, ?> map, String prefix, Map<String, Object> into) {
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flat(inner, prefix + key + ".", into);
            } else {
                into.put(prefix + key, value);
            }
        });
        return into;
    }
}
