package org.fewstep.bench.sample;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Classifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bridges}: how near the samples of trained stochastic interpolants come to their target, by ODE and by SDE. */
@Command(
        name = "bridges",
        mixinStandardHelpOptions = true,
        description =
                "Measure trained stochastic interpolants: sliced W2 to held-out data, and the share of images that a"
                        + " classifier recognises, by ODE and by SDE of several diffusions.")
public final class BridgesCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "Checkpoints or exports of bridges.")
    private List<Path> models = List.of();

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description = "Checkpoint or export of a classifier, for images of one class.")
    private @Nullable Path classifier;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data; replaces that of the recipes.")
    private @Nullable String data;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "4096", description = "Samples (default: 4096).")
    private int samples = 4096;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "1",
            description = "Draws of source, noise and data, over which distances are averaged (default: 1).")
    private int repeats = 1;

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "10,50,200",
            description = "Numbers of steps (default: 10,50,200).")
    private List<Integer> steps = List.of();

    @Option(
            names = "--diffusion",
            paramLabel = "W[,W...]",
            split = ",",
            defaultValue = "0.2,0.5,1",
            description = "Factors of gamma in the diffusion of the SDE (default: 0.2,0.5,1).")
    private List<Double> diffusions = List.of();

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("bridges: got no command line; expected picocli to set it");
        }
        if (samples < 2 || repeats < 1) {
            throw new IllegalArgumentException(
                    "bridges: got " + samples + " samples, " + repeats + " repeats; expected at least 2 and 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        Device device = Devices.require("cpu");
        try (Classifier known = classifier == null ? null : Classifier.load(classifier, device)) {
            for (Path model : models) {
                try (BridgeQuality quality = BridgeQuality.of(model, device, known, data, samples, repeats)) {
                    print(out, quality);
                }
            }
        }
        out.flush();
        return 0;
    }

    private void print(PrintWriter out, BridgeQuality quality) {
        StringBuilder head = new StringBuilder("| sampler | eps / gamma |");
        StringBuilder line = new StringBuilder("|---|---|");
        for (int count : steps) {
            head.append(' ').append(count).append(count == 1 ? " step |" : " steps |");
            line.append("---|");
        }
        out.println("## " + quality.title());
        out.println(quality.about());
        out.println();
        out.println(head);
        out.println(line);
        for (BridgeQuality.Sampler sampler : quality.samplers(diffusions)) {
            StringBuilder row = new StringBuilder("| " + sampler.label() + " | ");
            row.append(
                    sampler.options().diffusion() == 0
                            ? "0"
                            : number(sampler.options().diffusion()));
            row.append(" |");
            for (int count : steps) {
                row.append(' ').append(cell(quality.measure(sampler, count))).append(" |");
            }
            out.println(row);
            out.flush();
        }
        out.println("| the source itself | |" + (" " + cell(quality.source()) + " |").repeat(steps.size()));
        out.println("| training data | |" + (" " + cell(quality.floor()) + " |").repeat(steps.size()));
        out.println();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Integer.toString((int) value) : Double.toString(value);
    }

    private static String cell(BridgeQuality.Measured measured) {
        String distance = String.format(Locale.ROOT, "%.4f", measured.distance());
        return Double.isNaN(measured.recognised())
                ? distance
                : distance + String.format(Locale.ROOT, ", %.1f %%", 100 * measured.recognised());
    }
}
