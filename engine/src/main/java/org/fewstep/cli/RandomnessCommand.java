package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.fewstep.io.AtomicFile;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Classifier;
import org.fewstep.sample.Generator;
import org.fewstep.study.Findings;
import org.fewstep.study.RandomnessStudy;
import org.fewstep.study.TrainedStudy;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fewstep study randomness}: when an SDE is better than an ODE or a consistency function, and when it is not. */
@Command(
        name = "randomness",
        mixinStandardHelpOptions = true,
        description =
                "Sample one distribution by ODE, SDE and consistency function, with a right and a wrong denoiser and"
                        + " from a shifted start, and say which differences are clear.")
final class RandomnessCommand implements Callable<Integer> {
    private static final String TABLE = "randomness.md";

    private final Screen screen;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "5", description = "Seeds 0 to N - 1 (default: 5).")
    private int seeds = 5;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Samples of each set (default: 10000).")
    private int samples = 10_000;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "fewstep-randomness",
            description = "Folder of the table and the charts (default: fewstep-randomness).")
    private Path out = Path.of("fewstep-randomness");

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description =
                    "With --student: compare these trained networks in place of the known denoiser; a checkpoint of"
                            + " the method edm.")
    private @Nullable Path teacher;

    @Option(
            names = "--student",
            paramLabel = "FILE",
            description = "A consistency function that was made of the teacher, or for its data.")
    private @Nullable Path student;

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description = "For images: a classifier, in whose features they are compared.")
    private @Nullable Path classifier;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data; replaces that of the recipe.")
    private @Nullable String data;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    RandomnessCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--seeds", seeds);
        Path of = teacher;
        Path to = student;
        if ((of == null) != (to == null) || (of == null && (classifier != null || data != null))) {
            throw new IllegalArgumentException("--teacher: got " + of + ", student " + to
                    + "; expected both, or neither and no classifier or data");
        }
        Device device = Devices.require(deviceName);
        long[] numbers = LongStream.range(0, seeds).toArray();
        RandomnessReport report;
        if (of == null || to == null) {
            RandomnessStudy study = new RandomnessStudy(device, numbers, samples);
            prepare(device);
            report = RandomnessReport.known(study.run(this::show), seeds, samples);
        } else {
            report = trained(of, to, device, numbers);
        }
        screen.line("");
        report.verdicts().forEach(screen::line);
        Path table = out.resolve(TABLE);
        AtomicFile.write(table, report.markdown().getBytes(StandardCharsets.UTF_8));
        List<Path> files = new ArrayList<>(List.of(table));
        files.addAll(report.writeCharts(out));
        FileList.show(screen, files);
        return ExitCode.OK.code();
    }

    private RandomnessReport trained(Path of, Path to, Device device, long[] numbers) {
        ModelPaths.requireFile("study", of);
        ModelPaths.requireFile("study", to);
        Recipe own = Checkpoint.of(of).recipe();
        Recipe recipe = data == null ? own : own.withFolders(data);
        try (Generator denoiser = Generator.load(of, device);
                Generator map = Generator.load(to, device);
                Classifier known = classifier == null ? null : Classifier.load(classifier, device)) {
            TrainedStudy.Judge judge =
                    known == null ? new TrainedStudy.Points(denoiser) : new TrainedStudy.Features(known);
            TrainedStudy study = new TrainedStudy(denoiser, map, recipe.data().test(), judge, numbers, samples);
            prepare(device);
            return RandomnessReport.trained(
                    study.run(this::show),
                    seeds,
                    samples,
                    judge.name(),
                    own.name(),
                    Checkpoint.of(to).recipe().name());
        }
    }

    private void prepare(Device device) {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + out, e);
        }
        device.warmUp();
    }

    private void show(Findings.Row row) {
        screen.line(
                "%-38s  %-11s  %4d  %s",
                row.condition(), row.method(), row.evaluations(), RandomnessReport.interval(row.distance()));
    }
}
