package org.fewstep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.fewstep.bench.machine.Machine;
import org.fewstep.bench.report.Report;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code table}: all benchmarks in one JMH run, then its report. */
@Command(
        name = "table",
        mixinStandardHelpOptions = true,
        description = {
            "Run all benchmarks in one JMH run on this JDK, and write PREFIX.json, PREFIX.machine.json, PREFIX.md and"
                    + " PREFIX.html.",
            "Run it on an otherwise idle machine: libtorch's times do not count otherwise."
        })
final class TableCommand implements Callable<Integer> {
    /** A kernel of one's own is none of the table's, and needs a device. */
    private static final String OWN = "\\.OwnKernelBenchmark\\.";

    private static final String ALL = "^org\\.fewstep\\.bench\\.";

    /** Above this load other work disturbs the run. */
    private static final double BUSY = 0.5;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "PREFIX", description = "Where the files go.")
    private Path out = Path.of("");

    @Option(names = "--short", description = "One JVM a benchmark and 25 + 20 samples: some 12 minutes, not 45.")
    private boolean brief;

    @Option(names = "--only", paramLabel = "REGEX", description = "Only benchmarks whose name has a match.")
    private @Nullable String only;

    @Option(
            names = "-p",
            paramLabel = "NAME=V,V",
            description = "Values of a parameter in all benchmarks that have it: -p sizes=64x64x64.")
    private Map<String, String> params = new LinkedHashMap<>();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Samples and warm-up samples in one JVM, to try a run out; such times are worthless.")
    private @Nullable Integer samples;

    @Override
    public Integer call() throws Exception {
        List<String> args = args();
        return VectorJvm.call(
                args,
                () -> measure("java -jar bench/target/benchmarks.jar "
                        + args.stream().map(TableCommand::quoted).collect(Collectors.joining(" "))));
    }

    /** An argument as a shell takes it. */
    private static String quoted(String arg) {
        return arg.matches("[\\w./=,:-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'";
    }

    private List<String> args() {
        List<String> args = new ArrayList<>(List.of("table", "--out", out.toString()));
        if (brief) {
            args.add("--short");
        }
        if (only != null) {
            args.addAll(List.of("--only", only));
        }
        params.forEach((name, values) -> args.addAll(List.of("-p", name + "=" + values)));
        if (samples != null) {
            args.addAll(List.of("--samples", samples.toString()));
        }
        return args;
    }

    private int measure(String command) {
        Machine machine = Machine.here(command);
        if (machine.loadBefore() > BUSY && spec != null) {
            spec.commandLine()
                    .getErr()
                    .println("table: the load average is " + machine.loadBefore()
                            + "; other work disturbs the run, and libtorch's times will hardly count");
        }
        Path folder = out.toAbsolutePath().getParent();
        Path results = ReportCommand.sibling(out, ".json");
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
            new Runner(options(results).build()).run();
            // Where this machine keeps its JDK is nobody's business.
            String text = Files.readString(results);
            Files.writeString(results, text.replace(System.getProperty("java.home"), "$JAVA_HOME"));
        } catch (RunnerException e) {
            throw new IllegalStateException("table: JMH stopped: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("table: write to " + out, e);
        }
        machine.done().write(Machine.beside(results));
        ReportCommand.write(Report.of(List.of(results)), out);
        if (spec != null) {
            spec.commandLine().getOut().println("written: " + ReportCommand.sibling(out, ".md"));
        }
        return 0;
    }

    private ChainedOptionsBuilder options(Path results) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(only == null ? ALL : ALL + ".*(" + only + ")")
                .exclude(OWN)
                .addProfiler(GCProfiler.class)
                .resultFormat(ResultFormatType.JSON)
                .result(results.toString())
                .shouldFailOnError(false);
        params.forEach((name, values) -> options.param(name, values.split(",", -1)));
        if (brief) {
            options.forks(1).warmupIterations(25).measurementIterations(20);
        }
        if (samples != null) {
            options.forks(1)
                    .warmupIterations(samples)
                    .measurementIterations(samples)
                    .warmupTime(TimeValue.milliseconds(20))
                    .measurementTime(TimeValue.milliseconds(20));
        }
        return options;
    }
}
