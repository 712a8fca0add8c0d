package org.fewstep.bench.kernels;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Choice;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.trial.Trials;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kernels list}: families, their versions on a device, and what these call. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description =
                "List the families, how their shapes are written, their versions on a device, and the kernels that"
                        + " these call; a star marks what some work takes of itself.")
final class ListCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private LabOptions options = new LabOptions();

    @Option(names = "--source", paramLabel = "FILE", description = "Print a shipped kernel file instead: matmul.cl.")
    private @Nullable String source;

    @Override
    public Integer call() {
        PrintWriter out = KernelsCommand.line(spec).getOut();
        if (source != null) {
            out.print(KernelLab.source(source));
            out.flush();
            return 0;
        }
        List<KernelFile> files = KernelFiles.onClassPath();
        String device = options.device(null);
        try (KernelLab lab = KernelLab.open(device, Precision.F32)) {
            out.println(lab.description());
            for (LabOptions.Type type : options.types(LabOptions.all(lab))) {
                LabOptions.require(lab, type);
            }
        }
        for (Workload.Family family : options.families()) {
            out.println();
            out.println(Families.name(family) + ", " + KernelLab.versions(family) + " versions, shape "
                    + Trials.form(family) + ", such as " + Trials.usual(family));
            versions(device, family)
                    .forEach((choice, kernels) -> out.println("  " + choice + ": " + String.join(", ", kernels)));
            for (KernelFile file : files) {
                if (file.family() == family) {
                    out.println("  on the class path: " + file.name());
                }
            }
        }
        out.flush();
        return 0;
    }

    /** In all precisions of the device. */
    private static Map<String, Set<String>> versions(String device, Workload.Family family) {
        Map<String, Set<String>> versions = new LinkedHashMap<>();
        List<Precision> precisions = new ArrayList<>();
        try (KernelLab lab = KernelLab.open(device, Precision.F32)) {
            precisions.addAll(lab.precisions());
        }
        for (Precision precision : precisions) {
            try (KernelLab lab = KernelLab.open(device, precision)) {
                List<KernelLab.Use> uses = lab.uses(family);
                for (KernelLab.Use use : uses) {
                    versions.computeIfAbsent(name(use.choice(), uses, precision), name -> new LinkedHashSet<>())
                            .add(use.call().kernel());
                }
            }
        }
        return versions;
    }

    private static String name(Choice choice, List<KernelLab.Use> uses, Precision precision) {
        boolean usual =
                uses.stream().anyMatch(use -> use.usual() && use.choice().equals(choice));
        return choice + (precision == Precision.F32 ? "" : " (" + precision.label() + ")") + (usual ? " *" : "");
    }
}
