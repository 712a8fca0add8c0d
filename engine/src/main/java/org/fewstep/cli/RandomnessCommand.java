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
import org.fewstep.study.RandomnessStudy;
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

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    RandomnessCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--seeds", seeds);
        Device device = Devices.require(deviceName);
        RandomnessStudy study =
                new RandomnessStudy(device, LongStream.range(0, seeds).toArray(), samples);
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + out, e);
        }
        device.warmUp();
        RandomnessStudy.Result result = study.run(row -> screen.line(
                "%-38s  %-11s  %4d  %s",
                row.condition(), row.method(), row.evaluations(), RandomnessReport.interval(row.distance())));
        RandomnessReport report = new RandomnessReport(result, seeds, samples);
        screen.line("");
        report.verdicts().forEach(screen::line);
        Path table = out.resolve(TABLE);
        AtomicFile.write(table, report.markdown().getBytes(StandardCharsets.UTF_8));
        List<Path> files = new ArrayList<>(List.of(table));
        files.addAll(report.writeCharts(out));
        FileList.show(screen, files);
        return ExitCode.OK.code();
    }
}
