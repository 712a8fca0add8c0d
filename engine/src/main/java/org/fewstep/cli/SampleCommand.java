package org.fewstep.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.SolverChoice;
import org.fewstep.solver.GridCatalog;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.SolverCatalog;
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

    @Option(
            names = "--solver",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "auto, flow-map, or one of those that 'fewstep solvers' lists (default: auto, which is"
                    + " flow-map for a one-step model and euler for a flow).")
    private String solver = "auto";

    @Option(
            names = "--grid",
            paramLabel = "NAME",
            description = "Spacing of the times: uniform, quadratic, logsnr, karras or beta (default: uniform).")
    private @Nullable String grid;

    @Mixin
    private GuidanceOptions guidance = new GuidanceOptions();

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
        GeneratorOptions stepping = options();
        guidance.check();
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("sample", checkpoint);
        try (Generator generator = Generator.load(checkpoint, device);
                Generator weak = guidance.weak(device)) {
            GeneratorOptions options = guidance.with(stepping, generator.shape(), weak);
            int classes = generator.classes();
            List<Integer> shown = classes(classes);
            int columns = shown.size() == 1 || classes == 0
                    ? (int) Math.ceil(Math.sqrt(n))
                    : (n + shown.size() - 1) / shown.size();
            int[] labels = Arrays.copyOf(SampleSheet.rows(shown, (n + columns - 1) / columns, columns), n);
            SampleSheet sheet = new SampleSheet(generator, options, seed, labels, columns);
            steps.forEach(count -> generator.evaluations(count, options)); // refuses what fits no plan before the work
            generator.warmUp();
            Table table = new Table("steps", "evaluations per sample", "ms per sample");
            for (int count : steps) {
                SampleSheet.Made made = sheet.make(count);
                table.row(Integer.toString(count), Integer.toString(made.evaluations()), Text.value(made.millis()));
            }
            screen.line("%d samples of %s on %s, %s", n, checkpoint.getFileName(), device.name(), device.fingerprint());
            table.lines().forEach(screen::line);
            FileList.show(screen, sheet.write(out == null ? ModelPaths.folderOf(checkpoint) : out));
        }
        return ExitCode.OK.code();
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

    private GeneratorOptions options() {
        String name = solver.toLowerCase(Locale.ROOT);
        if (name.equals("auto") || name.equals("flow-map")) {
            if (grid != null) {
                throw new IllegalArgumentException("--grid: got " + grid + " with solver " + name
                        + "; expected a solver of those that 'fewstep solvers' lists");
            }
            return GeneratorOptions.DEFAULT.withSolver(name.equals("auto") ? SolverChoice.AUTO : SolverChoice.FLOW_MAP);
        }
        return GeneratorOptions.DEFAULT.withSolver(
                SolverCatalog.of(name), grid == null ? PowerSpacing.UNIFORM : GridCatalog.of(grid));
    }
}
