package org.fewstep.bench.sample;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.study.Measured;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code seeds}: recipes of points in the plane, trained with several seeds and measured. */
@Command(
        name = "seeds",
        mixinStandardHelpOptions = true,
        description = {
            "Train recipes of points in the plane with several seeds, and print mean and spread over the seeds of sliced W2"
                    + " and energy distance to held-out data, how the samples spread over the modes, and how far they are from the"
                    + " end of the data's own flow where a model has its path.",
            "",
            "RECIPE:OTHER learns from the run of OTHER with the same seed and length. Finished runs in the folder are taken"
                    + " as they are, and one that was broken off goes on, so the command may be repeated."
        })
public final class SeedsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "RECIPE[:OTHER]", arity = "1..*", description = "Names of recipes, or files.")
    private List<String> recipes = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "0,1,2,3,4",
            description = "Seeds (default: 0,1,2,3,4).")
    private List<Long> seeds = List.of();

    @Option(
            names = "--training-steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "3000",
            description = "Steps of training (default: 3000).")
    private List<Long> lengths = List.of();

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,2",
            description = "Steps of sampling (default: 1,2).")
    private List<Integer> steps = List.of();

    @Option(names = "--samples", paramLabel = "N", defaultValue = "20000", description = "Samples (default: 20000).")
    private int samples = 20_000;

    @Option(
            names = "--set",
            paramLabel = "a.b=c",
            description = "Replace a value in all recipes; may be repeated. Needs a --runs folder of its own.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--program",
            paramLabel = "JAR",
            defaultValue = "engine/target/fewstep.jar",
            description = "The program that trains (default: engine/target/fewstep.jar).")
    private String program = "engine/target/fewstep.jar";

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Folder of the runs (default: runs).")
    private Path folder = Path.of("runs");

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("seeds: got no command line; expected picocli to set it");
        }
        if (samples < 2 || seeds.size() < 2) {
            throw new IllegalArgumentException("seeds: got " + samples + " samples, " + seeds.size()
                    + " seeds; expected at least 2 of each, or there is no spread");
        }
        PrintWriter out = spec.commandLine().getOut();
        TrainingRuns runs = new TrainingRuns(program, folder, settings);
        out.println("| recipe | training steps | steps | SW2, mean | spread | by seed "
                + seeds.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " | energy distance, mean | spread | least share of a mode | modes, least | in a mode, least | TV, most"
                + " | from the flow's end |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        Recipe last = null;
        for (long length : lengths) {
            for (String recipe : recipes) {
                last = rows(runs, recipe, length, out);
            }
        }
        if (last != null) {
            floor(last, out);
        }
        return 0;
    }

    private Recipe rows(TrainingRuns runs, String recipe, long length, PrintWriter out)
            throws IOException, InterruptedException {
        String[] names = recipe.split(":", 2);
        List<List<PlaneQuality>> bySeed = new ArrayList<>();
        Recipe known = null;
        for (long seed : seeds) {
            Path teacher = names.length == 1 ? null : runs.checkpoint(names[1], seed, length, null);
            Path checkpoint = runs.checkpoint(names[0], seed, length, teacher);
            known = Checkpoint.of(checkpoint).recipe();
            bySeed.add(PlaneQuality.of(checkpoint, known, steps, samples));
        }
        if (known == null) {
            throw new IllegalStateException("seeds: got none; expected at least two");
        }
        for (int i = 0; i < steps.size(); i++) {
            int at = i;
            List<PlaneQuality> column = bySeed.stream().map(one -> one.get(at)).toList();
            out.println("| " + known.name() + " | " + length + " | " + steps.get(i) + " | " + cells(column) + " |");
        }
        out.flush();
        return known;
    }

    private static String cells(List<PlaneQuality> column) {
        Measured sw2 =
                new Measured(column.stream().mapToDouble(PlaneQuality::sw2).toArray());
        Measured energy =
                new Measured(column.stream().mapToDouble(PlaneQuality::energy).toArray());
        double least =
                column.stream().mapToDouble(PlaneQuality::leastShare).min().orElse(Double.NaN);
        return String.join(
                " | ",
                number(sw2.mean()),
                number(sw2.spread()),
                column.stream().map(one -> number(one.sw2())).collect(Collectors.joining(", ")),
                number(energy.mean()),
                number(energy.spread()),
                PlaneQuality.percent(least),
                spread(column),
                distance(mean(column, PlaneQuality::fromFlow)));
    }

    /** How the worst of the seeds spreads over the modes. */
    private static String spread(List<PlaneQuality> column) {
        List<ModeCoverage> modes = column.stream()
                .map(PlaneQuality::modes)
                .filter(Objects::nonNull)
                .toList();
        if (modes.isEmpty()) {
            return "- | - | -";
        }
        return String.join(
                " | ",
                Integer.toString(
                        modes.stream().mapToInt(ModeCoverage::covered).min().orElseThrow()),
                PlaneQuality.percent(
                        modes.stream().mapToDouble(ModeCoverage::quality).min().orElseThrow()),
                number(modes.stream()
                        .mapToDouble(ModeCoverage::totalVariation)
                        .max()
                        .orElseThrow()));
    }

    private static double mean(List<PlaneQuality> column, ToDoubleFunction<PlaneQuality> value) {
        return column.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static String distance(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    private void floor(Recipe recipe, PrintWriter out) {
        PlaneQuality floor = PlaneQuality.floor(recipe, samples);
        out.println("| two sets of data | | | " + number(floor.sw2()) + " | | | " + number(floor.energy()) + " | | "
                + PlaneQuality.percent(floor.leastShare()) + " | " + spread(List.of(floor)) + " | |");
        out.println();
        out.println(samples + " samples to as many held-out data; " + PlaneQuality.DIRECTIONS
                + " directions; unbiased energy distance; spread: standard deviation over the seeds; least share over"
                + " seeds and modes; a mode counts from a quarter of its weight, a sample belongs to one within 3 of its"
                + " standard deviations; TV: total variation of the modes' weights; from the flow's end: root mean square"
                + " distance of " + Math.min(samples, PlaneQuality.FLOWS)
                + " samples to where the data's own flow leads from their noise, mean.");
        out.flush();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
