package org.fewstep.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.model.InterpolantField;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.Translator;
import org.fewstep.sample.TranslatorOptions;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep sample}: pictures (and numbers) of a trained model's samples at several step counts. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        description = "Make samples with a checkpoint or an export: a picture for each number of steps.")
final class SampleCommand implements Callable<Integer> {
    private static final String ALL = "all";

    private final Screen screen;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint or an export.")
    private Path checkpoint = Path.of("");

    @Option(names = "--class", paramLabel = "K|all", description = "Class to show (default: all, a row each).")
    private @Nullable String label;

    @Option(names = "--n", paramLabel = "N", defaultValue = "64", description = "Number of samples (default: 64).")
    private int n = 64;

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,50",
            description = "Numbers of steps (default: 1,50).")
    private List<Integer> steps = List.of();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the noise (default: 0).")
    private long seed;

    @Mixin
    private SolverOptions solver = new SolverOptions();

    @Option(
            names = "--gamma",
            paramLabel = "G",
            defaultValue = "0",
            description =
                    "For a flow map or a trajectory model (ctm): part of the noise that is made anew in each step,"
                            + " 0 to 1 (default: 0, none).")
    private double gamma;

    @Option(
            names = "--velocity-up-to",
            paramLabel = "L",
            defaultValue = "0",
            description = "For a flow map: steps of at most this length in time are steps of Euler by its velocity"
                    + " (default: 0, none).")
    private double velocityUpTo;

    @Mixin
    private GuidanceOptions guidance = new GuidanceOptions();

    @Option(
            names = "--diffusion",
            paramLabel = "W",
            description = "For a model between two data sets: factor of the SDE's noise (default: 0, the ODE).")
    private @Nullable Double diffusion;

    @Option(
            names = "--diffusion-form",
            paramLabel = "NAME",
            defaultValue = "gamma",
            description = "What the factor multiplies: gamma, the width of the interpolant's noise, or constant, 1"
                    + " (default: gamma).")
    private TranslatorOptions.Form form = TranslatorOptions.Form.GAMMA;

    @Option(
            names = "--score",
            paramLabel = "NAME",
            description = "Field of the SDE beside the drift: eta or s (default: eta where it was learned, else s).")
    private @Nullable InterpolantField score;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the source's files, for a model between two data sets; replaces the recipe's.")
    private @Nullable String data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the files; by default that of the checkpoint.")
    private @Nullable Path out;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    SampleCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--n", n);
        Numbers.requireSteps("--steps", steps);
        guidance.check();
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("sample", checkpoint);
        boolean bridged;
        try (ModelFile file = ModelFile.open(checkpoint)) {
            bridged = file.spec().bridge() != null;
        }
        if (bridged) {
            ofSource(device);
        } else {
            ofNoise(device);
        }
        return ExitCode.OK.code();
    }

    private void ofNoise(Device device) {
        if (diffusion != null || score != null || data != null) {
            throw new IllegalArgumentException("sample: got --diffusion, --score or --data for a model that starts from"
                    + " noise; expected none of them, or a model between two data sets");
        }
        try (Generator generator = Generator.load(checkpoint, device);
                Generator weak = guidance.weak(device)) {
            GeneratorOptions options = guidance.with(solver.of(generator.spec()), generator.shape(), weak)
                    .withGamma(gamma)
                    .withVelocityUpTo(velocityUpTo);
            int classes = generator.classes();
            List<Integer> shown = classes(classes);
            int columns = shown.size() == 1 || classes == 0
                    ? (int) Math.ceil(Math.sqrt(n))
                    : (n + shown.size() - 1) / shown.size();
            int[] labels = Arrays.copyOf(SampleSheet.rows(shown, (n + columns - 1) / columns, columns), n);
            SampleSheet sheet = new SampleSheet(generator, options, seed, labels, columns);
            steps.forEach(count -> generator.evaluations(count, options)); // refuses what fits no plan before the work
            generator.warmUp();
            show(sheet, device);
        }
    }

    private void ofSource(Device device) {
        if (gamma != 0 || velocityUpTo != 0) {
            throw new IllegalArgumentException(
                    "sample: got --gamma or --velocity-up-to for a model between two data sets; expected neither");
        }
        if (label != null || guidance.isUsed()) {
            throw new IllegalArgumentException(
                    "sample: got --class or --guidance or another option about it for a model between two data sets;"
                            + " expected neither, it has no classes");
        }
        TranslatorOptions options = bridgeOptions();
        try (Translator translator = Translator.load(checkpoint, device)) {
            steps.forEach(count -> translator.evaluations(count, options)); // refuses what fits no plan before the work
            Recipe recipe = Checkpoint.of(checkpoint).recipe();
            float[] source = HeldOut.source(data == null ? recipe : recipe.withFolders(data), seed)
                    .read(n);
            device.warmUp();
            // Rows stand in pairs, so that the picture of twice as many images is about square.
            int columns = (int) Math.ceil(Math.sqrt(2.0 * n));
            show(new SampleSheet(translator, options, seed, source, n, columns), device);
        }
    }

    private void show(SampleSheet sheet, Device device) {
        Table table = new Table("steps", "evaluations per sample", "ms per sample");
        for (int count : steps) {
            SampleSheet.Made made = sheet.make(count);
            table.row(Integer.toString(count), Integer.toString(made.evaluations()), Text.value(made.millis()));
        }
        screen.line("%d samples of %s on %s, %s", n, checkpoint.getFileName(), device.name(), device.fingerprint());
        table.lines().forEach(screen::line);
        FileList.show(screen, sheet.write(out == null ? ModelPaths.folderOf(checkpoint) : out));
    }

    private List<Integer> classes(int classes) {
        if (classes == 0) {
            if (label != null && !label.equals(ALL)) {
                throw new IllegalArgumentException(
                        "--class: got " + label + "; expected no class, the model was trained without");
            }
            return List.of();
        }
        if (label == null || label.equals(ALL)) {
            return java.util.stream.IntStream.range(0, classes).boxed().toList();
        }
        if (label.matches("[0-9]{1,9}") && Integer.parseInt(label) < classes) {
            return List.of(Integer.parseInt(label));
        }
        throw new IllegalArgumentException("--class: got " + label + "; expected 0 to " + (classes - 1) + ", or all");
    }

    private TranslatorOptions bridgeOptions() {
        double factor = diffusion == null ? 0 : diffusion;
        if (score != null && factor == 0) {
            throw new IllegalArgumentException("--score: got " + score + " without --diffusion above 0; expected both");
        }
        return solver.ofBridge().withDiffusion(factor, form).withScore(score);
    }
}
