package org.fewstep.kernels.gpu;

import java.io.File;
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
import java.util.stream.Stream;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/** Kernels as NVIDIA's compiler makes them, where nvcc is found: their registers, what they spill, and their code. */
public final class Inspection {
    private static final List<String> OPTIONS = List.of("-fmad=false", "-DBACKEND_CUDA=1");

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

    private Inspection() {}

    /** Whether nvcc is on the PATH. */
    public static boolean isPossible() {
        return tool("nvcc") != null;
    }

    private static @Nullable Path tool(String name) {
        String path = System.getenv("PATH");
        return Stream.of(path == null ? new String[0] : path.split(File.pathSeparator))
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place).resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String required(String name) {
        Path tool = tool(name);
        if (tool == null) {
            throw new DeviceException("inspect: got no " + name + " on the PATH; expected NVIDIA's CUDA toolkit 13");
        }
        return tool.toString();
    }

    /**
     * What a family's workloads call on a CUDA device, each kernel once a set of options.
     *
     * @param choice how they are run where they may be run so, or null for the family's own choices
     * @param capability of the device, as 10 major + minor
     */
    public static List<KernelCall> calls(Workload.Family family, @Nullable Choice choice, int capability) {
        try (KernelLab lab = KernelLab.onPaper(capability)) {
            return lab.uses(family).stream()
                    .filter(use -> choice == null ? use.usual() : use.choice().equals(choice))
                    .map(KernelLab.Use::call)
                    .toList();
        }
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
        String log = nvcc(file, source, options, architecture, "-cubin", "k.cubin", true);
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
        return nvcc(file, source, options, architecture, "-ptx", "k.ptx", false);
    }

    /**
     * A text as machine code in words.
     *
     * @throws DeviceException when there is no nvcc, or no cuobjdump
     */
    public static String sass(String file, String source, List<String> options, String architecture) {
        required("cuobjdump");
        return nvcc(file, source, options, architecture, "-cubin", "k.cubin", false);
    }

    /** Runs the compiler and returns its report, or what it made. */
    private static String nvcc(
            String file,
            String source,
            List<String> options,
            String architecture,
            String what,
            String product,
            boolean report) {
        String nvcc = required("nvcc");
        if (!architecture.matches("\\d{2,3}[af]?")) {
            throw new IllegalArgumentException(
                    "architecture: got \"" + architecture + "\"; expected a number such as 75, 80, 90 or 90a");
        }
        try {
            Path folder = Files.createTempDirectory("fewstep-inspect-");
            try {
                Path text = Files.writeString(folder.resolve("k.cu"), source);
                Path made = folder.resolve(product);
                List<String> command = new ArrayList<>(List.of(nvcc, "-arch=sm_" + architecture, what));
                command.addAll(OPTIONS);
                command.addAll(options);
                if (report) {
                    command.addAll(List.of("-Xptxas", "-v"));
                }
                command.addAll(List.of("-o", made.toString(), text.toString()));
                String log = run(file, command);
                if (report) {
                    return log;
                }
                return what.equals("-ptx")
                        ? Files.readString(made)
                        : run(file, List.of(required("cuobjdump"), "-sass", made.toString()));
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new DeviceException("inspect " + file + ": " + e.getMessage(), e);
        }
    }

    private static String run(String file, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new KernelBuildError("kernel file " + file + ": got exit code " + code + " of "
                        + Path.of(command.get(0)).getFileName()
                        + "; expected a file that compiles; the compiler says:\n"
                        + log);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new DeviceException("inspect " + file + ": interrupted", e);
        }
        return log;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
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
