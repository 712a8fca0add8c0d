package org.fewstep.bench.kernels;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Choice;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.Race;
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

/** {@code kernels check}: every version and launch that a device may run, against the CPU's F64 kernels. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Run every version and legal launch on shapes of one, odd shapes and shapes around tiles, and compare all"
                    + " numbers with the CPU's F64 kernels. The first wrong number of each is named; then the exit code is"
                    + " 1.",
            "FILE is a file of your own, see kernels race --help."
        })
final class CheckCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private LabOptions options = new LabOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Kernels of your own, in place of shipped ones.")
    private @Nullable String file;

    @Option(
            names = "--shape",
            paramLabel = "SHAPES",
            split = ",",
            description = "Only these shapes, of one family; kernels list says how they are written.")
    private List<String> shapes = new ArrayList<>();

    /** What was found of one version. */
    private static final class Tally {
        private int trials;
        private int wrong;
        private double share;
    }

    @Override
    public Integer call() {
        KernelFile own = file == null ? null : KernelFile.read(file);
        List<Workload.Family> families = own == null ? options.families() : List.of(own.family());
        if (!shapes.isEmpty() && families.size() != 1) {
            throw new IllegalArgumentException(
                    "shape: got shapes for " + families.size() + " families; expected --family with one");
        }
        String device = options.device(own);
        PrintWriter out = KernelsCommand.line(spec).getOut();
        List<LabOptions.Type> types;
        try (KernelLab lab = KernelLab.open(device, Precision.F32)) {
            out.println(lab.description());
            types = options.types(LabOptions.all(lab));
            types.forEach(type -> LabOptions.require(lab, type));
        }
        int wrong = 0;
        for (LabOptions.Type type : types) {
            wrong += check(device, type, families, own, out);
        }
        out.println(wrong == 0 ? "all right" : wrong + " wrong results");
        return wrong == 0 ? 0 : 1;
    }

    private int check(
            String device,
            LabOptions.Type type,
            List<Workload.Family> families,
            @Nullable KernelFile own,
            PrintWriter out) {
        try (Contestant shipped = Contestant.open(device, type.precision())) {
            if (own == null) {
                return check(shipped, type, families, out);
            }
            try (Contestant mine = Contestant.open(device, type.precision(), own, shipped)) {
                return check(mine, type, families, out);
            }
        } catch (DeviceException e) {
            throw LabOptions.failed(e);
        }
    }

    private int check(Contestant contestant, LabOptions.Type type, List<Workload.Family> families, PrintWriter out) {
        int wrong = 0;
        for (Workload.Family family : families) {
            wrong += check(contestant, type, family, out);
        }
        return wrong;
    }

    private int check(Contestant contestant, LabOptions.Type type, Workload.Family family, PrintWriter out) {
        Map<Choice, Tally> tallies = new LinkedHashMap<>();
        int wrong = 0;
        for (Trial trial : trials(family)) {
            Race.Outcome outcome =
                    Race.run(contestant.lab(), trial, type.dtype(), Oracle.of(trial), contestant::takesPart, 0);
            for (Race.Entry entry : outcome.entries()) {
                Tally tally = tallies.computeIfAbsent(entry.choice(), choice -> new Tally());
                tally.trials++;
                if (entry.verdict().ok()) {
                    double tolerance = entry.verdict().tolerance();
                    tally.share = Math.max(
                            tally.share, tolerance == 0 ? 0 : entry.verdict().error() / tolerance);
                } else {
                    tally.wrong++;
                    wrong++;
                    out.println("WRONG " + trial + " " + type + " " + contestant.version(entry.choice()) + ": "
                            + entry.verdict().wrong());
                }
            }
        }
        tallies.forEach((choice, tally) -> out.printf(
                Locale.ROOT,
                "%s %s %s: %d works, %s, greatest error %.2f of what is allowed%n",
                Families.name(family),
                type,
                contestant.version(choice),
                tally.trials,
                tally.wrong == 0 ? "right" : tally.wrong + " WRONG",
                tally.share));
        if (tallies.isEmpty()) {
            contestant.requireSome(List.of());
        }
        out.flush();
        return wrong;
    }

    private List<Trial> trials(Workload.Family family) {
        if (shapes.isEmpty()) {
            return Trials.edges(family);
        }
        List<Trial> trials = new ArrayList<>();
        shapes.forEach(shape -> trials.addAll(Trials.of(family, shape)));
        return trials;
    }
}
