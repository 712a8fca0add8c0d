package org.fewstep.bench.kernels;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fewstep.bench.machine.Machine;
import org.fewstep.bench.report.KernelRace;
import org.fewstep.io.AtomicFile;
import org.fewstep.io.Json;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Race;
import org.fewstep.kernels.gpu.Roof;
import org.fewstep.kernels.gpu.Timing;
import org.fewstep.kernels.trial.Oracle;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Trials;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kernels race}: the versions of a family, and a file of one's own, checked and then timed. */
@Command(
        name = "race",
        mixinStandardHelpOptions = true,
        description = {
            "Check each version against the CPU's F64 kernels, then time it; print a table with the share of what the device"
                    + " was measured to do. A wrong version is not timed, and the exit code is 1.",
            "",
            "FILE is a file of your own, .cl (OpenCL C, or both languages by portable.h) or .cu (CUDA C++): a path, or the"
                    + " name of a file below kernels/ on the class path; without FILE all files there take part. Its first"
                    + " comment says what it is for:",
            "",
            "  // family: matmul",
            "  // kernel: my_matmul in place of matmul_tiles",
            "  // groups: n / 16, m / 16, items",
            "  // threads: 16, 16",
            "",
            "The kernel gets the arguments of the shipped one in whose place it is called, REAL as float or double, and its"
                    + " index space where no groups and threads are given. These are expressions (+ - * / min max) of the"
                    + " kernel's int parameters, by name, and of units; results are rounded up. Several kernels may"
                    + " follow. Without a line \"kernel\", each kernel of the file that has the name of a shipped one"
                    + " stands in for it: start from kernels list --source matmul.cl."
        })
final class RaceCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private LabOptions options = new LabOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Kernels of your own, see above.")
    private @Nullable String file;

    @Option(
            names = "--shape",
            paramLabel = "SHAPES",
            split = ",",
            description = "Shapes of one family, such as 1024x1024x1024; kernels list says how they are written.")
    private List<String> shapes = new ArrayList<>();

    @Option(names = "--code", paramLabel = "CODE", description = "Only works whose name has this in it: forward.")
    private String code = "";

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Time for each timing (default: 0.2; 0.05 for a FILE, so that an edit shows soon).")
    private @Nullable Double given;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Also write DIR/race.md, DIR/race.json and DIR/race.machine.json.")
    private @Nullable Path out;

    private double seconds;

    private final List<KernelRace.Row> rows = new ArrayList<>();

    /** Medians of the families' own choices, by type and trial. */
    private final Map<List<Object>, Double> usual = new HashMap<>();

    private final Map<Trial, Oracle> oracles = new HashMap<>();

    @Override
    public Integer call() {
        seconds = given != null ? given : file == null ? 0.2 : 0.05;
        if (!(seconds > 0 && seconds <= 600)) {
            throw new IllegalArgumentException("seconds: got " + seconds + "; expected above 0 and at most 600");
        }
        KernelFile own = file == null ? null : KernelFile.read(file);
        List<Workload.Family> families =
                own == null || options.isFamilyGiven() ? options.families() : List.of(own.family());
        if (own != null && !families.contains(own.family())) {
            throw new IllegalArgumentException("family: got another one than " + Families.name(own.family())
                    + ", which " + own.name() + " is for; expected that, or none");
        }
        List<Trial> trials = trials(families);
        String device = options.device(own);
        Machine machine = out == null ? null : Machine.here(line());
        List<KernelFile> files = own == null ? onClassPath(families, device) : List.of(own);
        String description = "";
        for (LabOptions.Type type : options.types(List.of(new LabOptions.Type(DType.F32, Precision.F32)))) {
            description = race(device, type, trials, files);
        }
        if (machine != null && out != null) {
            write(machine.done(), description, out);
        }
        return rows.stream().anyMatch(row -> row.wrong() != null) ? 1 : 0;
    }

    private static List<KernelFile> onClassPath(List<Workload.Family> families, String device) {
        return KernelFiles.onClassPath().stream()
                .filter(file -> families.contains(file.family()))
                .filter(file -> !file.isCuda() || device.startsWith("cuda:"))
                .toList();
    }

    private List<Trial> trials(List<Workload.Family> families) {
        if (!shapes.isEmpty() && families.size() != 1) {
            throw new IllegalArgumentException(
                    "shape: got shapes for " + families.size() + " families; expected --family with one");
        }
        List<Trial> trials = new ArrayList<>();
        for (Workload.Family family : families) {
            for (String shape : shapes.isEmpty() ? List.of(Trials.usual(family)) : shapes) {
                trials.addAll(Trials.of(family, shape));
            }
        }
        trials.removeIf(trial -> !trial.label().contains(code));
        if (trials.isEmpty()) {
            throw new IllegalArgumentException("code: got \"" + code + "\"; expected a part of a work's name, such as"
                    + " forward; see kernels list");
        }
        return trials;
    }

    private String race(String device, LabOptions.Type type, List<Trial> trials, List<KernelFile> files) {
        List<Contestant> own = new ArrayList<>();
        try (Contestant shipped = Contestant.open(device, type.precision())) {
            LabOptions.require(shipped.lab(), type);
            for (KernelFile one : files) {
                own.add(Contestant.open(device, type.precision(), one, shipped));
            }
            return race(type, trials, shipped, own);
        } finally {
            own.forEach(Contestant::close);
        }
    }

    private String race(LabOptions.Type type, List<Trial> trials, Contestant shipped, List<Contestant> own) {
        try {
            PrintWriter to = KernelsCommand.line(spec).getOut();
            to.println(shipped.lab().description());
            // Errors in a file are told at once.
            for (Contestant mine : own) {
                compile(type, mine, trials);
            }
            race(type, trials, shipped, own, to);
            return shipped.lab().description();
        } catch (DeviceException e) {
            throw LabOptions.failed(e);
        }
    }

    private void compile(LabOptions.Type type, Contestant mine, List<Trial> trials) {
        List<Race.Entry> called = new ArrayList<>();
        for (Trial trial : trials) {
            if (called.isEmpty()) {
                called.addAll(Race.run(mine.lab(), trial, type.dtype(), oracle(trial), mine::takesPart, 0)
                        .entries());
            }
        }
        mine.requireSome(called);
    }

    private void race(
            LabOptions.Type type, List<Trial> trials, Contestant shipped, List<Contestant> own, PrintWriter to) {
        Roof roof = shipped.lab().roof(type.dtype(), seconds);
        to.println(KernelRace.roof(type.dtype(), roof));
        to.println();
        to.println(String.join(" | ", KernelRace.HEADERS));
        for (Trial trial : trials) {
            race(type, trial, shipped, roof, to);
            for (Contestant mine : own) {
                race(type, trial, mine, roof, to);
            }
        }
        to.println();
        to.println(KernelRace.legend());
        to.flush();
    }

    private Oracle oracle(Trial trial) {
        return oracles.computeIfAbsent(trial, Oracle::of);
    }

    private void race(LabOptions.Type type, Trial trial, Contestant contestant, Roof roof, PrintWriter to) {
        Race.Outcome outcome =
                Race.run(contestant.lab(), trial, type.dtype(), oracle(trial), contestant::takesPart, seconds);
        for (Race.Entry entry : outcome.entries()) {
            Timing timing = entry.timing();
            List<Object> key = List.of(type, trial);
            if (timing != null) {
                usual.putIfAbsent(key, timing.median());
            }
            KernelRace.Row row = new KernelRace.Row(
                    trial.label(),
                    trial.shape(),
                    type.toString(),
                    contestant.version(entry.choice()),
                    outcome.bytes(),
                    outcome.flops(),
                    entry.verdict().error(),
                    entry.verdict().tolerance(),
                    entry.verdict().wrong(),
                    timing,
                    timing == null ? Double.NaN : usual.getOrDefault(key, Double.NaN) / timing.median(),
                    roof);
            rows.add(row);
            to.println(String.join(" | ", row.cells()));
            to.flush();
        }
    }

    private String line() {
        return "java -jar bench/target/benchmarks.jar "
                + String.join(" ", KernelsCommand.line(spec).getParseResult().originalArgs());
    }

    private void write(Machine machine, String device, Path folder) {
        KernelRace race = new KernelRace(machine, device, rows);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("race: write to " + folder, e);
        }
        Path json = folder.resolve("race.json");
        Json.write(json, race.json());
        machine.write(Machine.beside(json));
        AtomicFile.write(folder.resolve("race.md"), race.markdown().getBytes(StandardCharsets.UTF_8));
        KernelsCommand.line(spec).getOut().println("written: " + folder.resolve("race.md"));
    }
}
