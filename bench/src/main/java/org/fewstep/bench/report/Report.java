package org.fewstep.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fewstep.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/** The page of one or several JMH runs; ratios are made within a run only. */
public final class Report {
    private final Page page = new Page();

    private Report() {}

    /**
     * Reads the runs and the records of the machine beside them.
     *
     * @param files JMH's, at least one
     * @throws org.fewstep.io.BadFileException when one is damaged
     */
    public static Report of(List<Path> files) {
        List<Run> runs = new ArrayList<>();
        for (Path file : files) {
            runs.add(Run.read(file));
        }
        return ofRuns(runs);
    }

    static Report ofRuns(List<Run> runs) {
        Report report = new Report();
        report.page.add(new Page.Heading(1, "CPU benchmarks"));
        report.page.add(
                new Page.Paragraph("Times are what one call takes. A benchmark has many samples of 0.1 s; minimum"
                        + " and median are over the samples of all JVMs, the mean has its 99.9 % interval. Ratios compare"
                        + " minima of one run: above 1, this engine is the faster one."));
        runs.forEach(report::run);
        return report;
    }

    /** As Markdown. */
    public String markdown() {
        return Markdown.of(page);
    }

    /** As one HTML file. */
    public String html() {
        return Html.of(page);
    }

    private void run(Run run) {
        page.add(new Page.Heading(2, "JDK " + run.measurements().get(0).jdk() + " (" + run.name() + ")"));
        machine(run.machine());
        List<PeerHealth> all = PeerHealth.of(run);
        for (PeerHealth health : all) {
            if (run.has(health.rule().engine())) {
                String sick = "UNHEALTHY, no ratio to " + health.rule().name() + " is given: ";
                page.add(new Page.Paragraph("Peer health: " + (health.counts() ? "" : sick) + health.reason() + "."));
            }
        }
        page.add(new Page.Heading(3, "Targets"));
        page.add(targets(run, all));
        page.add(new Page.Heading(3, "All measurements"));
        page.add(measurements(run, all));
    }

    private void machine(@Nullable Machine machine) {
        if (machine == null) {
            page.add(new Page.Paragraph("The machine and the command were not recorded."));
            return;
        }
        page.add(new Page.Paragraph(machine.cpu() + ", " + machine.cores() + " cores, " + machine.os() + ". JDK "
                + machine.jdk() + ". This engine: " + machine.fingerprint() + ". Load average before the run "
                + load(machine.loadBefore()) + ", after it " + load(machine.loadAfter())
                + (machine.environment().isEmpty() ? "" : ". Environment: " + String.join(", ", machine.environment()))
                + "."));
        page.add(new Page.Command(machine.command()));
    }

    private static String load(double load) {
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", load);
    }

    private static Page.Table targets(Run run, List<PeerHealth> health) {
        List<List<Page.Cell>> rows = new ArrayList<>();
        for (Target target : Targets.all()) {
            Target.Outcome o = target.judge(run, health);
            rows.add(List.of(
                    Page.Cell.of(o.label()),
                    Page.Cell.of(o.against()),
                    Page.Cell.of(o.own()),
                    Page.Cell.of(o.other()),
                    Page.Cell.of(o.ratio()),
                    Page.Cell.of(o.asked()),
                    Page.Cell.of(o.verdict())));
        }
        return new Page.Table(List.of("work", "against", "own", "other", "ratio", "target", "verdict"), rows);
    }

    private static Page.Table measurements(Run run, List<PeerHealth> health) {
        List<List<Page.Cell>> rows = new ArrayList<>();
        for (Measurement m : run.measurements()) {
            rows.add(List.of(
                    Page.Cell.of(m.work()),
                    Page.Cell.of(m.parameters()),
                    Page.Cell.of(m.who()),
                    Page.Cell.of(Figures.time(m.min())),
                    Page.Cell.of(Figures.time(m.median())),
                    new Page.Cell(Figures.time(m.mean()) + " ± " + Figures.time(m.error()), bar(run, m)),
                    Page.Cell.of(Figures.bytes(m.allocated())),
                    Page.Cell.of(ratio(run, m, health))));
        }
        return new Page.Table(
                List.of("work", "parameters", "engine", "min", "median", "mean ± error", "heap", "min / own best"),
                rows);
    }

    private static Page.Bar bar(Run run, Measurement m) {
        double longest = 0;
        for (Measurement other : run.measurements()) {
            if (other.sameWork(m)) {
                double error = Double.isNaN(other.error()) ? 0 : other.error();
                longest = Math.max(longest, other.mean() + error);
            }
        }
        return new Page.Bar(m.min() / longest, m.median() / longest, m.mean() / longest, m.error() / longest);
    }

    private static @Nullable String ratio(Run run, Measurement m, List<PeerHealth> health) {
        Measurement own = run.best(m.work(), m.params());
        if (own == null || own == m) {
            return null;
        }
        @Nullable String objection = PeerHealth.objection(health, m);
        return objection == null ? Figures.ratio(m.min() / own.min()) : objection;
    }
}
