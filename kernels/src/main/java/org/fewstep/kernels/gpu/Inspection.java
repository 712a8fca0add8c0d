package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/** Kernels as NVIDIA's compiler makes them, where nvcc is found: their registers, what they spill, and their code. */
public final class Inspection {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)' for 'sm_(\\w+)'");
    private static final Pattern STACK =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern USED = Pattern.compile("Used (\\d+) registers.*");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    /**
     * A kernel's part in the compiler's report.
     *
     * @param file where it stands
     * @param options definitions that the file was compiled with
     * @param architecture as in sm_90a, without sm_
     * @param registers of a thread
     * @param stack bytes of a thread's own memory, for arrays and for what is spilled
     * @param spilled bytes stored and loaded because there were too few registers
     * @param shared bytes of a group's shared memory
     */
    public record Report(
            String file,
            List<String> options,
            String kernel,
            String architecture,
            int registers,
            int stack,
            int spilled,
            int shared) {}

    /** From this compute capability on there are tensor cores for F32. */
    private static final int TENSOR_CORES = 80;

    private Inspection() {}

    /** Whether there is an nvcc. */
    public static boolean isPossible() {
        return Nvcc.find() != null;
    }

    /**
     * What a family's workloads call on a CUDA device in all precisions that it has.
     *
     * @param choice how they are run where they may be run so, or null for the family's own choices
     * @param capability of the device, as 10 major + minor
     */
    public static List<KernelCall> calls(Workload.Family family, @Nullable Choice choice, int capability) {
        Set<KernelCall> calls = new LinkedHashSet<>();
        for (Precision precision : capability < TENSOR_CORES ? List.of(Precision.F32) : List.of(Precision.values())) {
            try (KernelLab lab = KernelLab.onPaper(capability, precision)) {
                lab.uses(family).stream()
                        .filter(use ->
                                choice == null ? use.usual() : use.choice().equals(choice))
                        .forEach(use -> calls.add(use.call()));
            }
        }
        return List.copyOf(calls);
    }

    /**
     * Compiles the shipped files of calls and reports on the called kernels.
     *
     * @param architecture as in sm_90a, without sm_
     * @throws DeviceException when there is no nvcc
     * @throws KernelBuildError when a file does not compile
     */
    public static List<Report> of(Collection<KernelCall> calls, String architecture) {
        Map<List<Object>, Set<String>> kernels = new LinkedHashMap<>();
        for (KernelCall call : calls) {
            kernels.computeIfAbsent(List.of(call.file(), call.options()), key -> new LinkedHashSet<>())
                    .add(call.kernel());
        }
        Map<List<Object>, List<Report>> reports = new LinkedHashMap<>();
        for (KernelCall call : calls) {
            List<Object> key = List.of(call.file(), call.options());
            Set<String> wanted = kernels.getOrDefault(key, Set.of());
            reports.computeIfAbsent(
                    key,
                    none -> of(call.file(), Source.of(call.file()), call.options(), architecture).stream()
                            .filter(report -> wanted.contains(report.kernel()))
                            .toList());
        }
        return reports.values().stream().flatMap(List::stream).toList();
    }

    /**
     * Compiles a text and reports on all its kernels, in the order of their names.
     *
     * @param file as messages name it
     * @param source with everything that it includes
     * @param options definitions, {@code -DNAME=VALUE}
     */
    public static List<Report> of(String file, String source, List<String> options, String architecture) {
        String log = nvcc(file, source, options, architecture, "-cubin", "-Xptxas", "-v")
                .log();
        List<Report> reports = new ArrayList<>();
        String kernel = "";
        int stack = 0;
        int spilled = 0;
        for (String line : log.split("\\R")) {
            Matcher entry = ENTRY.matcher(line);
            Matcher frame = STACK.matcher(line);
            Matcher used = USED.matcher(line);
            if (entry.find()) {
                kernel = entry.group(1);
            } else if (frame.find()) {
                stack = number(frame, 1);
                spilled = number(frame, 2) + number(frame, 3);
            } else if (used.find() && !kernel.isEmpty()) {
                Matcher shared = SHARED.matcher(line);
                reports.add(new Report(
                        file,
                        List.copyOf(options),
                        kernel,
                        architecture,
                        number(used, 1),
                        stack,
                        spilled,
                        shared.find() ? number(shared, 1) : 0));
                kernel = "";
            }
        }
        if (reports.isEmpty()) {
            throw new KernelBuildError(
                    "kernel file " + file + ": got no report of nvcc; expected one a kernel; it said:\n" + log);
        }
        reports.sort((a, b) -> a.kernel().compareTo(b.kernel()));
        return reports;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    /** The text of a shipped file, see {@link #of(String, String, List, String)}. */
    public static String text(String file) {
        return Source.of(file);
    }

    /** A text as PTX. */
    public static String ptx(String file, String source, List<String> options, String architecture) {
        return new String(nvcc(file, source, options, architecture, "-ptx").bytes(), StandardCharsets.UTF_8);
    }

    /**
     * A text as machine code in words.
     *
     * @throws DeviceException when there is no nvcc, or no cuobjdump
     */
    public static String sass(String file, String source, List<String> options, String architecture) {
        return disassembled(
                file, nvcc(file, source, options, architecture, "-cubin").bytes());
    }

    private static Nvcc.Made nvcc(
            String file, String source, List<String> options, String architecture, String... what) {
        if (!isPossible()) {
            throw new DeviceException("inspect: got no nvcc on the PATH; expected the compiler of CUDA's toolkit 13");
        }
        if (!architecture.matches("\\d{2,3}[af]?")) {
            throw new IllegalArgumentException(
                    "architecture: got \"" + architecture + "\"; expected a number such as 75, 80, 90 or 90a");
        }
        List<String> all = new ArrayList<>(List.of(what));
        all.add("-arch=sm_" + architecture);
        all.addAll(Nvcc.OPTIONS);
        all.addAll(options);
        return Nvcc.make(file, source, all);
    }

    /** Machine code in words, by the tool that stands beside nvcc. */
    private static String disassembled(String file, byte[] code) {
        Path made = null;
        try {
            made = Files.createTempFile("fewstep-inspect-", ".cubin");
            Files.write(made, code);
            Process process = new ProcessBuilder("cuobjdump", "-sass", made.toString())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new DeviceException("inspect " + file + ": cuobjdump says: " + text.strip());
            }
            return text;
        } catch (IOException e) {
            throw new DeviceException(
                    "inspect " + file + ": got no cuobjdump on the PATH (" + e.getMessage()
                            + "); expected that of CUDA's toolkit 13",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("inspect " + file + ": interrupted", e);
        } finally {
            if (made != null && !made.toFile().delete()) {
                made.toFile().deleteOnExit();
            }
        }
    }

    /** Reports as a Markdown table. */
    public static String table(List<Report> reports) {
        StringBuilder table = new StringBuilder("""
                | file | options | kernel | sm | registers | stack B | spilled B | shared B |
                |---|---|---|---|---|---|---|---|
                """);
        for (Report r : reports) {
            String options = String.join(
                    " ",
                    r.options().stream()
                            .map(option -> option.replaceAll("^-D(REAL_IS_)?|=1$", ""))
                            .toList());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %d | %d | %d | %d |%n",
                    r.file(),
                    options,
                    r.kernel(),
                    r.architecture(),
                    r.registers(),
                    r.stack(),
                    r.spilled(),
                    r.shared()));
        }
        return table.toString();
    }
}
