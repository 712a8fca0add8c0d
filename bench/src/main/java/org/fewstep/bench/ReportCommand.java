package org.fewstep.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.bench.report.Report;
import org.fewstep.io.AtomicFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: JMH's files as a Markdown and an HTML page. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Turn files written by table, or by JMH with -rf json, into a page of times and ratios.")
final class ReportCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "JMH's JSON; FILE.machine.json beside it is used.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "PREFIX",
            description = "Write PREFIX.md and PREFIX.html instead of printing.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        Report report = Report.of(files);
        if (out != null) {
            write(report, out);
        } else if (spec != null) {
            spec.commandLine().getOut().print(report.markdown());
            spec.commandLine().getOut().flush();
        }
        return 0;
    }

    /** Writes both pages. */
    static void write(Report report, Path prefix) {
        AtomicFile.write(sibling(prefix, ".md"), report.markdown().getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(sibling(prefix, ".html"), report.html().getBytes(StandardCharsets.UTF_8));
    }

    /** The file of a prefix with an extension. */
    static Path sibling(Path prefix, String extension) {
        return prefix.resolveSibling(prefix.getFileName() + extension);
    }
}
