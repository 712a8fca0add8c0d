package org.fewstep.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fewstep.study.Findings;
import org.fewstep.study.Measured;

/** The randomness study as text and charts: every sentence is a comparison of two rows. */
final class RandomnessReport {
    private final Findings result;
    private final String head;
    private final String measure;

    private RandomnessReport(Findings result, String head, String measure) {
        this.result = result;
        this.head = head;
        this.measure = measure;
    }

    /** Of the ring's known denoiser. */
    static RandomnessReport known(Findings result, int seeds, int samples) {
        String measure = "sliced 2-Wasserstein distance";
        return new RandomnessReport(
                result,
                head(
                                measure
                                        + " to fresh data of a ring of eight Gaussians (radius 0.7, standard deviation 0.07)",
                                result,
                                seeds,
                                samples)
                        + "All methods have the same denoiser, which is known in closed form, or that with a known error. The"
                        + " consistency function is the exact map of that denoiser's ODE; ODE: Heun; SDE: first-order exponential"
                        + " steps with eta times the reverse process's noise. Evaluations are those of the denoiser, or calls of the"
                        + " consistency function.\n\n",
                measure);
    }

    /** Of networks that were trained by two recipes. */
    static RandomnessReport trained(
            Findings result, int seeds, int samples, String measure, String teacher, String student) {
        return new RandomnessReport(
                result,
                head(measure + " to held-out data", result, seeds, samples)
                        + "ODE and SDE: the denoiser of " + teacher + "; consistency: the function of " + student
                        + ", a network of its own. ODE: Euler for 1, 2 and 4 evaluations, else Heun; SDE: first-order"
                        + " exponential steps with the reverse process's noise. Shifts are along one random direction.\n\n",
                measure);
    }

    private static String head(String what, Findings result, int seeds, int samples) {
        return String.format(
                Locale.ROOT,
                "The %s, %d samples, %d seeds: mean and half width of its 95 %% interval. Two draws of the data: %s.%n%n",
                what,
                samples,
                seeds,
                interval(result.floor()));
    }

    /** Mean and half width of the 95 % interval. */
    static String interval(Measured m) {
        return String.format(Locale.ROOT, "%.4f +- %.4f", m.mean(), m.halfWidth());
    }

    private Map<String, List<Findings.Row>> byCondition() {
        Map<String, List<Findings.Row>> grouped = new LinkedHashMap<>();
        result.rows()
                .forEach(row -> grouped.computeIfAbsent(row.condition(), c -> new ArrayList<>())
                        .add(row));
        return grouped;
    }

    /** A line a comparison, under its question. */
    List<String> verdicts() {
        List<String> lines = new ArrayList<>();
        String last = "";
        for (Findings.Comparison comparison : result.comparisons()) {
            if (!comparison.question().equals(last)) {
                last = comparison.question();
                lines.add(last + ":");
            }
            lines.add("  " + comparison.verdict());
        }
        return lines;
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# ODE, SDE and consistency sampling\n\n");
        text.append(head);
        byCondition().forEach((condition, rows) -> {
            text.append("## ").append(condition).append("\n\n| method | evaluations | distance |\n|---|---|---|\n");
            for (Findings.Row row : rows) {
                text.append("| ")
                        .append(row.method())
                        .append(" | ")
                        .append(row.evaluations())
                        .append(" | ")
                        .append(interval(row.distance()))
                        .append(" |\n");
            }
            text.append('\n');
        });
        text.append(
                "## Differences\n\nSecond less first, seed by seed; \"clear\" is an interval without 0 around a difference that is not 0 in the digits shown.\n\n");
        for (Findings.Comparison comparison : result.comparisons()) {
            text.append("- ")
                    .append(comparison.question())
                    .append("; ")
                    .append(comparison.verdict())
                    .append('\n');
        }
        return text.toString();
    }

    /** A chart a condition. */
    List<Path> writeCharts(Path folder) {
        List<Path> files = new ArrayList<>();
        byCondition().forEach((condition, rows) -> {
            Path file = folder.resolve("randomness-" + (files.size() + 1) + ".png");
            IntervalChart chart = new IntervalChart(condition, measure);
            rows.forEach(row -> chart.add(
                    row.method() + " (" + row.evaluations() + ")",
                    row.distance().mean(),
                    row.distance().halfWidth()));
            chart.write(file);
            files.add(file);
        });
        return files;
    }
}
