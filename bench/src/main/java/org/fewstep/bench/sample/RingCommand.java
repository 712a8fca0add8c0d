package org.fewstep.bench.sample;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ring}: how near the samples of models of points in the plane come to held-out data, and which modes they have. */
@Command(
        name = "ring",
        mixinStandardHelpOptions = true,
        description =
                "Measure models of points in the plane: sliced W2 to held-out data, unbiased energy distance, the least share"
                        + " of a mode, the share in a mode and the total variation of the modes, at several numbers of steps.")
public final class RingCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "Checkpoints.")
    private List<Path> models = List.of();

    @Option(names = "--samples", paramLabel = "N", defaultValue = "20000", description = "Samples (default: 20000).")
    private int samples = 20_000;

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,2",
            description = "Numbers of steps (default: 1,2).")
    private List<Integer> steps = List.of();

    @Option(
            names = "--data-of",
            paramLabel = "CHECKPOINT",
            description = "Model whose recipe names the data, for models trained on pairs: the pairs' teacher.")
    private @Nullable Path dataOf;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("ring: got no command line; expected picocli to set it");
        }
        if (samples < 2) {
            throw new IllegalArgumentException("ring: got " + samples + " samples; expected at least 2");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Sliced W2 (" + PlaneQuality.DIRECTIONS
                + " directions), energy distance, least share of a mode, share in a mode and total variation"
                + " of the modes, of " + samples
                + " samples to as many held-out data.");
        out.println();
        StringBuilder head = new StringBuilder("| recipe | seed | training steps |");
        for (int count : steps) {
            head.append(' ').append(count).append(count == 1 ? " step |" : " steps |");
        }
        out.println(head + " two data sets |");
        out.println("|---|---|---|" + "---|".repeat(steps.size() + 1));
        for (Path model : models) {
            out.println(row(model));
            out.flush();
        }
        return 0;
    }

    private String row(Path model) {
        Checkpoint checkpoint = Checkpoint.of(model);
        Recipe recipe = checkpoint.recipe();
        Recipe data = dataOf == null ? recipe : Checkpoint.of(dataOf).recipe();
        StringBuilder row = new StringBuilder(
                "| " + recipe.name() + " | " + recipe.training().seed() + " | " + checkpoint.step() + " |");
        for (PlaneQuality quality : PlaneQuality.of(model, data, steps, samples)) {
            row.append(cell(quality));
        }
        return row.append(cell(PlaneQuality.floor(data, samples))).toString();
    }

    private static String cell(PlaneQuality quality) {
        return String.format(
                Locale.ROOT,
                " %.4f, %.4f, %s%s |",
                quality.sw2(),
                quality.energy(),
                PlaneQuality.percent(quality.leastShare()),
                spread(quality.modes()));
    }

    /** Share of samples in a mode, and total variation of the modes' weights. */
    private static String spread(@Nullable ModeCoverage modes) {
        return modes == null
                ? ""
                : ", " + PlaneQuality.percent(modes.quality())
                        + String.format(Locale.ROOT, ", %.4f", modes.totalVariation());
    }
}
