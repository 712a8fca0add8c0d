package org.fewstep.bench.sample;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.path.GaussianMixture;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.tensor.Rng;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ring}: how near the samples of models of Gaussians in the plane come to held-out data, and which modes they have. */
@Command(
        name = "ring",
        mixinStandardHelpOptions = true,
        description =
                "Measure models trained on eight-gaussians or ring8: sliced W2 to held-out data and the least share of"
                        + " a mode, at several numbers of steps.")
public final class RingCommand implements Callable<Integer> {
    private static final int DIRECTIONS = 128;
    private static final int CHUNK = 2000;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "Checkpoints or exports.")
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
        if (samples < 1) {
            throw new IllegalArgumentException("ring: got " + samples + " samples; expected at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Sliced W2 (" + DIRECTIONS + " directions) of " + samples
                + " samples to as many held-out data, and the least share of one of the modes (1/8 = 12.5 %).");
        out.println();
        StringBuilder head = new StringBuilder("| recipe | seed | training steps |");
        for (int count : steps) {
            head.append(' ').append(count).append(count == 1 ? " step |" : " steps |");
        }
        out.println(head + " two data sets |");
        out.println("|---|---|---|" + "---|".repeat(steps.size() + 1));
        Device device = Devices.require("cpu");
        for (Path model : models) {
            out.println(row(model, device));
            out.flush();
        }
        return 0;
    }

    private String row(Path model, Device device) {
        Checkpoint checkpoint = Checkpoint.of(model);
        Recipe recipe = checkpoint.recipe();
        Recipe named = dataOf == null ? recipe : Checkpoint.of(dataOf).recipe();
        GaussianMixture law = named.data().mixture();
        if (law == null) {
            throw new IllegalArgumentException("ring: got " + model
                    + ", trained on other data; expected a model of Gaussians in the plane; name one with --data-of");
        }
        StringBuilder row = new StringBuilder(
                "| " + recipe.name() + " | " + recipe.training().seed() + " | " + checkpoint.step() + " |");
        float[] held = HeldOut.data(named, 0).read(samples);
        try (Generator generator = Generator.load(model, device)) {
            int[] labels = new int[samples];
            int classes = generator.classes();
            Arrays.setAll(labels, i -> classes == 0 ? Generator.NO_LABEL : i % classes);
            for (int count : steps) {
                float[] made = generator.sample(0, count, 1, labels, GeneratorOptions.DEFAULT.withChunk(CHUNK));
                row.append(String.format(
                        Locale.ROOT, " %.4f, %.1f %% |", distance(made, held), 100 * leastShare(made, law)));
            }
        }
        float[] again = HeldOut.data(named, 1).read(samples);
        return row.append(String.format(Locale.ROOT, " %.4f |", distance(again, held)))
                .toString();
    }

    private static double distance(float[] made, float[] held) {
        return SlicedWasserstein2.of(made, held, 2, DIRECTIONS, new Rng(7));
    }

    private static double leastShare(float[] made, GaussianMixture law) {
        double[] modes =
                Arrays.stream(law.means()).flatMapToDouble(Arrays::stream).toArray();
        return ModeCoverage.of(made, 2, modes, law.stds()[0]).shares().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(0);
    }
}
