package org.fewstep.bench.kernels;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Choice;
import org.fewstep.kernels.gpu.Inspection;
import org.fewstep.kernels.gpu.KernelCall;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.KernelResources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kernels inspect}: registers, spills, shared memory and code of kernels. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = {
            "Compile kernels with nvcc and print registers, stack, spilled bytes and shared memory of each; no GPU is needed."
                    + " Without a family: all default versions (--all), or FILE.",
            "With --device, print what that device's driver says of them instead."
        })
final class InspectCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private LabOptions options = new LabOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A file of your own, see kernels race --help.")
    private @Nullable String file;

    @Option(names = "--all", description = "All kernels of the default versions of all families.")
    private boolean all;

    @Option(names = "--version", paramLabel = "vN", description = "A version (default: what works take of themselves).")
    private @Nullable String version;

    @Option(
            names = "--arch",
            paramLabel = "NUMBERS",
            split = ",",
            defaultValue = "90a",
            description = "CUDA architectures: 75, 80, 90, 90a (default: 90a).")
    private List<String> architectures = new ArrayList<>();

    @Option(names = "--ptx", description = "Print the PTX of each file instead.")
    private boolean ptx;

    @Option(names = "--sass", description = "Print the machine code of each file instead; needs cuobjdump.")
    private boolean sass;

    @Override
    public Integer call() {
        KernelFile own = file == null ? null : KernelFile.read(file);
        if (own == null && !all && !options.isFamilyGiven()) {
            throw new IllegalArgumentException("inspect: got no family; expected --family, --all or a file");
        }
        Choice choice = version == null ? null : choice(version);
        PrintWriter out = KernelsCommand.line(spec).getOut();
        if (options.isDeviceGiven()) {
            if (own != null) {
                throw new IllegalArgumentException(
                        "inspect: got --device and " + own.name() + "; expected a family, or no device");
            }
            device(choice, out);
        } else {
            requireNvcc();
            for (String architecture : architectures) {
                nvcc(own, choice, architecture, out);
            }
        }
        out.flush();
        return 0;
    }

    private Choice choice(String text) {
        Choice choice = Choice.parse(text);
        for (Workload.Family family : options.families()) {
            int versions = KernelLab.versions(family);
            if (options.isFamilyGiven() && choice.version() > versions) {
                throw new IllegalArgumentException(
                        "version: got " + choice + "; expected v1 to v" + versions + " of " + Families.name(family));
            }
        }
        return choice;
    }

    private static void requireNvcc() {
        if (!Inspection.isPossible()) {
            throw new DeviceException("inspect: got no nvcc on the PATH; expected the compiler of CUDA's toolkit 13; or"
                    + " ask a device with --device");
        }
    }

    /** What a device's own driver says. */
    private void device(@Nullable Choice choice, PrintWriter out) {
        String device = options.device(null);
        List<Precision> precisions = new ArrayList<>();
        try (KernelLab lab = KernelLab.open(device, Precision.F32)) {
            out.println(lab.description());
            precisions.addAll(lab.precisions());
        }
        out.println();
        out.println("| kernel | options | registers | own B | shared B | most threads | multiple of |");
        out.println("|---|---|---|---|---|---|---|");
        Set<List<Object>> seen = new LinkedHashSet<>();
        for (Precision precision : precisions) {
            try (KernelLab lab = KernelLab.open(device, precision)) {
                for (Workload.Family family : options.families()) {
                    for (KernelLab.Use use : lab.uses(family)) {
                        boolean wanted =
                                choice == null ? use.usual() : use.choice().equals(choice);
                        KernelCall call = use.call();
                        if (wanted && seen.add(List.of(call.file(), call.options(), call.kernel()))) {
                            print(call, lab.resources(call), out);
                        }
                    }
                }
            } catch (DeviceException e) {
                throw LabOptions.failed(e);
            }
        }
    }

    private static void print(KernelCall call, KernelResources r, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s |%n",
                call.kernel(),
                String.join(" ", call.options()),
                known(r.registers()),
                known(r.spilled()),
                known(r.shared()),
                known(r.threads()),
                known(r.multiple()));
    }

    private static String known(long value) {
        return value < 0 ? "-" : Long.toString(value);
    }

    private void nvcc(@Nullable KernelFile own, @Nullable Choice choice, String architecture, PrintWriter out) {
        if (own != null) {
            own(own, architecture, out);
            return;
        }
        List<KernelCall> calls = new ArrayList<>();
        for (Workload.Family family : options.families()) {
            calls.addAll(Inspection.calls(family, choice, capability(architecture)));
        }
        if (calls.isEmpty()) {
            throw new IllegalArgumentException("version: got " + choice + ", which no work may take on sm_"
                    + architecture + "; expected another one; see kernels list");
        }
        if (!ptx && !sass) {
            out.println(Inspection.table(Inspection.of(calls, architecture)));
            return;
        }
        Set<List<Object>> seen = new LinkedHashSet<>();
        for (KernelCall call : calls) {
            if (seen.add(List.of(call.file(), call.options()))) {
                code(call.file(), Inspection.text(call.file()), call.options(), architecture, out);
            }
        }
    }

    private void own(KernelFile own, String architecture, PrintWriter out) {
        String text = KernelLab.expand(own.name(), own.text(), own.folder());
        List<String> real = List.of("-DREAL_IS_FLOAT=1");
        if (ptx || sass) {
            code(own.name(), text, real, architecture, out);
        } else {
            out.println(Inspection.table(Inspection.of(own.name(), text, real, architecture)));
        }
    }

    private void code(String name, String text, List<String> with, String architecture, PrintWriter out) {
        if (ptx) {
            out.println(Inspection.ptx(name, text, with, architecture));
        }
        if (sass) {
            out.println(Inspection.sass(name, text, with, architecture));
        }
    }

    private static int capability(String architecture) {
        String digits = architecture.replaceAll("\\D", "");
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "architecture: got \"" + architecture + "\"; expected a number such as 75, 80, 90 or 90a", e);
        }
    }
}
