package org.fewstep.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fewstep.data.PairsManifest;
import org.fewstep.io.Sha256;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.train.PairMaker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep pairs}: a data set of noise and the ends of a teacher's ODE, for knowledge distillation and reflow. */
@Command(
        name = "pairs",
        mixinStandardHelpOptions = true,
        description = "Make a data set of pairs of noise and what a teacher's ODE makes of it.")
final class PairsCommand implements Callable<Integer> {
    private static final int MOST_STEPS = 10_000;

    private final Screen screen;

    @Parameters(paramLabel = "TEACHER", description = "A checkpoint or an export of a model that starts from noise.")
    private Path checkpoint = Path.of("");

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the pairs.")
    private Path out = Path.of("");

    @Option(names = "--n", paramLabel = "N", defaultValue = "50000", description = "Number of pairs (default: 50000).")
    private long n = 50_000;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "18",
            description = "Steps of the solver (default: 18).")
    private int steps = 18;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the noise (default: 0).")
    private long seed;

    @Mixin
    private SolverOptions solver = new SolverOptions();

    @Option(
            names = "--guidance",
            paramLabel = "W",
            defaultValue = "1",
            description = "Guidance scale (default: 1, none).")
    private double guidance = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads that make files side by side (default: one a core).")
    private int threads;

    @Option(names = "--resume", description = "Make what is missing in a folder whose making was broken off.")
    private boolean resume;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    PairsCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException("--steps: got " + steps + "; expected 1 to " + MOST_STEPS);
        }
        if (n < 1) {
            throw new IllegalArgumentException("--n: got " + n + "; expected at least 1");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("--threads: got " + threads + "; expected at least 1, or 0 for all");
        }
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("pairs", checkpoint);
        String hash = Sha256.of(checkpoint);
        try (Generator teacher = Generator.load(checkpoint, device)) {
            GeneratorOptions options = solver.of(teacher.spec()).withGuidance(guidance);
            PairMaker maker = new PairMaker(teacher, hash, steps, options, seed, n);
            PairsManifest manifest = maker.manifest();
            int workers = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
            maker.make(out, workers, resume, this::show);
            screen.line(
                    "%s pairs in %s, %s files; %s, %d steps, %d evaluations a pair",
                    Text.count(manifest.count()),
                    out,
                    Text.count(manifest.chunks()),
                    manifest.solver(),
                    steps,
                    teacher.evaluations(steps, options));
        }
        return ExitCode.OK.code();
    }

    /** Ten lines for all files. */
    private void show(int files, int of) {
        if (files * 10L / of != (files - 1) * 10L / of) {
            screen.line("%s of %s files", Text.count(files), Text.count(of));
        }
    }
}
