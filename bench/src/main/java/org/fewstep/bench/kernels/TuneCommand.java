package org.fewstep.bench.kernels;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.Tuner;
import org.fewstep.kernels.trial.Trials;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kernels tune}: which version is the fastest for which sizes, into the user's file. */
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        description = {
            "Time the versions of families that have more than one, after a check of each, and write the fastest of each size"
                    + " class to the file that -Dfewstep.launches names, or to fewstep/launches.properties in the user's"
                    + " cache folder. GPU devices opened later take their choices from it.",
            "Run it on an otherwise idle machine. Nothing else ever tunes."
        })
final class TuneCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private LabOptions options = new LabOptions();

    @Option(
            names = "--shape",
            paramLabel = "SHAPES",
            split = ",",
            description = "Shapes of one family; else such as networks have. kernels list says how they are written.")
    private List<String> shapes = new ArrayList<>();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "0.2",
            description = "Time for each timing (default: 0.2).")
    private double seconds = 0.2;

    @Option(names = "--dry-run", description = "Write nothing.")
    private boolean dry;

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= 600)) {
            throw new IllegalArgumentException("seconds: got " + seconds + "; expected above 0 and at most 600");
        }
        List<Workload.Family> families = options.families();
        if (!shapes.isEmpty() && families.size() != 1) {
            throw new IllegalArgumentException(
                    "shape: got shapes for " + families.size() + " families; expected --family with one");
        }
        String device = options.device(null);
        boolean wrong = false;
        for (LabOptions.Type type : options.types(List.of(new LabOptions.Type(DType.F32, Precision.F32)))) {
            try (KernelLab lab = KernelLab.open(device, type.precision())) {
                LabOptions.require(lab, type);
                wrong |= tune(lab, type, families);
            }
        }
        return wrong ? 1 : 0;
    }

    private boolean tune(KernelLab lab, LabOptions.Type type, List<Workload.Family> families) {
        PrintWriter out = KernelsCommand.line(spec).getOut();
        out.println(lab.description());
        Tuner tuner = new Tuner(lab, seconds);
        try {
            for (Workload.Family family : families) {
                for (String shape : shapes.isEmpty() ? Trials.tuned(family) : shapes) {
                    Trials.of(family, shape)
                            .forEach(trial -> tuner.race(trial, type.dtype(), told -> {
                                out.println("  " + told);
                                out.flush();
                            }));
                }
            }
        } catch (DeviceException e) {
            throw LabOptions.failed(e);
        }
        List<Tuner.Finding> findings = tuner.findings();
        if (findings.isEmpty()) {
            out.println("no family of these has more than one version here");
            return false;
        }
        out.println();
        out.println("size class | family's own | chosen | times, the family's own as 1");
        for (Tuner.Finding finding : findings) {
            out.println(finding.key() + " | " + finding.usual() + " | " + finding.chosen() + " | " + finding.times());
        }
        if (!dry) {
            out.println("written: " + tuner.write());
        }
        return findings.stream().anyMatch(Tuner.Finding::wrong);
    }
}
