package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fewstep.io.AtomicFile;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.train.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fewstep demo}: many-step flow and one-step student, trained and compared on built-in points and images. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Train a many-step flow and a one-step student on built-in points and images, compare both"
                + " with the data, and write pictures. Needs no files; takes a few minutes.")
final class DemoCommand implements Callable<Integer> {
    private static final int QUICK_STEPS = 6;

    private final Screen screen;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "fewstep-demo",
            description = "Folder of the pictures (default: fewstep-demo).")
    private Path out = Path.of("fewstep-demo");

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of everything (default: 0).")
    private long seed;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    @Option(names = "--quick", description = "A few steps only, to try the program itself; the samples stay noise.")
    private boolean quick;

    DemoCommand(Screen screen) {
        this.screen = screen;
    }

    /** Both trainings on one kind of data. */
    private record Pair(DemoData data, DemoRun flow, DemoRun student) {}

    @Override
    public Integer call() {
        long start = System.nanoTime();
        Device device = Devices.require(deviceName);
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + out, e);
        }
        screen.line(
                "fewstep demo: seed %d, device %s, %s, pictures in %s", seed, device.name(), device.fingerprint(), out);
        device.warmUp();
        List<Pair> pairs = new ArrayList<>();
        try (ShutdownStop stop = new ShutdownStop()) {
            for (DemoData data : List.of(new DemoPoints(device, seed), new DemoGlyphs(seed))) {
                Optional<Pair> pair = train(data, device, stop);
                if (pair.isEmpty()) {
                    screen.line("interrupted; start the demo again to see its results");
                    return ExitCode.INTERRUPTED.code();
                }
                pairs.add(pair.get());
            }
        }
        List<Path> files = new ArrayList<>();
        for (Pair pair : pairs) {
            files.addAll(pair.data().draw(out, pair.flow(), pair.student()));
            Path chart = out.resolve(pair.data().prefix() + "-loss.png");
            if (new LossChart(pair.data().name() + ": loss in training")
                    .add("many-step flow (flow matching)", pair.flow().losses())
                    .add("one-step student (MeanFlow)", pair.student().losses())
                    .write(chart)) {
                files.add(chart);
            }
        }
        List<String> table = table(pairs);
        Path results = out.resolve("results.txt");
        AtomicFile.write(results, (String.join("\n", table) + "\n").getBytes(StandardCharsets.US_ASCII));
        files.add(results);
        screen.line("");
        FileList.show(screen, files);
        screen.line("");
        table.forEach(screen::line);
        screen.line("");
        screen.line("total time %s", Text.duration((System.nanoTime() - start) * 1e-9));
        return ExitCode.OK.code();
    }

    private Optional<Pair> train(DemoData data, Device device, ShutdownStop stop) {
        Optional<DemoRun> flow = train(data, "flow", "many-step flow", List.of(1, DemoData.MANY), device, stop);
        if (flow.isEmpty()) {
            return Optional.empty();
        }
        return train(data, "meanflow", "one-step student", List.of(1), device, stop)
                .map(student -> new Pair(data, flow.get(), student));
    }

    private Optional<DemoRun> train(
            DemoData data, String method, String title, List<Integer> steps, Device device, ShutdownStop stop) {
        String name = data.prefix() + "-" + method;
        List<String> overrides = new ArrayList<>(List.of("training.seed=" + seed, "data.seed=" + seed));
        if (quick) {
            overrides.add("training.steps=" + QUICK_STEPS);
            overrides.add("training.log-every=1");
            overrides.add("training.batch=16");
        }
        Recipe recipe = Recipe.from(RecipeText.builtIn(name).map(), overrides);
        screen.line("");
        screen.line(
                "%s on %s: recipe %s, %s steps of %d samples",
                title,
                data.name(),
                name,
                Text.count(recipe.training().steps()),
                recipe.training().batch());
        DemoRun run = DemoRun.of(
                screen,
                recipe,
                out.resolve("runs").resolve(name),
                device,
                stop,
                new DemoRun.Ask(steps, data.labels(), seed));
        return run.finished() ? Optional.of(run) : Optional.empty();
    }

    private static List<String> table(List<Pair> pairs) {
        Table table = new Table("data", "method", "evaluations", "ms per sample", "distance", "untrained", "measure");
        List<String> remarks = new ArrayList<>();
        for (Pair pair : pairs) {
            DemoData data = pair.data();
            row(table, data, "many-step flow", pair.flow(), DemoData.MANY);
            row(table, data, "many-step flow, 1 step", pair.flow(), 1);
            row(table, data, "one-step student", pair.student(), 1);
            table.row(
                    data.name(),
                    "data, another draw",
                    "-",
                    "-",
                    Text.value(data.distance(data.anotherDraw())),
                    "-",
                    data.measure());
            String remark = data.remark(pair.student().at(1).values());
            if (!remark.isEmpty()) {
                remarks.add(data.name() + ", one-step student: " + remark);
            }
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.addAll(remarks);
        return lines;
    }

    private static void row(Table table, DemoData data, String method, DemoRun run, int steps) {
        SampleSheet.Made made = run.at(steps);
        table.row(
                data.name(),
                method,
                Integer.toString(made.evaluations()),
                Text.value(made.millis()),
                Text.value(data.distance(made.values())),
                Text.value(data.distance(run.untrainedAt(steps).values())),
                data.measure());
    }
}
