package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every OpenCL kernel in oclgrind's simulator: no race, no access beside a block, no use of what nobody wrote.
 *
 * <p>Runs where oclgrind is found ({@code apt-get install oclgrind}, or {@code -Doclgrind.library=}); otherwise it is
 * skipped, or fails with {@code -Drequire.oclgrind=true}. The simulator is loaded instead of all other OpenCL drivers, so
 * each run is a JVM of its own, {@link Grind}. Kernels are compiled without optimisation: oclgrind's check of
 * uninitialised values does not know what the optimiser writes (LLVM's freeze).
 */
@Tag("opencl")
@Tag("oclgrind")
class OclgrindTest {
    private static final Path LIBRARY =
            Path.of(System.getProperty("oclgrind.library", "/usr/lib/oclgrind/liboclgrind-rt-icd.so"));

    /** Bytes of a group's own memory: without optimisation the simulator adds up those of a file's kernels. */
    private static final String LOCAL_MEMORY = "65536";

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "OCLGRIND_LOCAL_MEM_SIZE", LOCAL_MEMORY,
            "OCL_ICD_VENDORS", LIBRARY.toString(),
            "OCLGRIND_DATA_RACES", "1",
            "OCLGRIND_UNINITIALIZED", "1",
            "OCLGRIND_CHECK_API", "1",
            "OCLGRIND_NUM_THREADS", "1",
            "OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable");

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void oclgrindIsHere() {
        if (!Files.isReadable(LIBRARY)) {
            String reason = "oclgrind: got no " + LIBRARY + "; expected oclgrind's OpenCL driver; install oclgrind";
            if (Boolean.getBoolean("require.oclgrind")) {
                fail(reason);
            }
            abort(reason);
        }
    }

    @AfterEach
    void nothingRunsOn() {
        started.forEach(Process::destroyForcibly);
    }

    /** A JVM in the simulator, and where both write. */
    private record Run(String name, Process process, Path log, Path output) {
        /** What oclgrind reports, after the end of the JVM, which must be a good one. */
        String report() throws IOException, InterruptedException {
            int code = process.waitFor();
            assertEquals(0, code, () -> name + ": " + text(output));
            return text(log);
        }

        private static String text(Path file) {
            try {
                return Files.exists(file) ? Files.readString(file).trim() : "";
            } catch (IOException e) {
                return e.toString();
            }
        }
    }

    private Run start(String name, String... args) throws IOException {
        Path log = folder.resolve(name + ".log");
        Path output = folder.resolve(name + ".output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ErrorFile=" + folder.resolve(name + ".crash"),
                "-cp",
                System.getProperty("java.class.path"),
                Grind.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(ENVIRONMENT);
        builder.environment().put("OCLGRIND_LOG", log.toString());
        Process process = builder.start();
        started.add(process);
        return new Run(name, process, log, output);
    }

    @Test
    void nothingIsReportedOfAnyKernel() throws Exception {
        List<Run> runs = List.of(start("F32", DType.F32.name()), start("F64", DType.F64.name()));
        for (Run run : runs) {
            assertEquals("", head(run.report()), run.name());
        }
    }

    private record Planted(String report, Family family, String file, String text, String instead) {}

    static Planted[] errors() {
        return new Planted[] {
            new Planted(
                    "data race at local memory",
                    Family.MATMUL,
                    "matmul.cl",
                    "BARRIER();\n            left[y * TILE + x] =",
                    "left[y * TILE + x] ="),
            new Planted(
                    "data race at global memory",
                    Family.REDUCE,
                    "reduce.cl",
                    "out[e] = scale * p[0]",
                    "out[0] = scale * p[0]"),
            new Planted("Invalid read", Family.SCAN, "scan.cl", "i < n", "i <= n"),
            new Planted("Invalid write", Family.RANDOM, "random.cl", "(left < 4 ? left : 4)", "4"),
            new Planted("Uninitialized value", Family.SOFTMAX, "softmax.cl", "lane[l] = 0;", ";"),
        };
    }

    @ParameterizedTest
    @MethodSource("errors")
    void aPlantedErrorIsReported(Planted error) throws Exception {
        Run run = start(
                error.family().name(),
                DType.F32.name(),
                error.family().name(),
                error.file(),
                error.text(),
                error.instead());
        String report = run.report();
        assertTrue(report.contains(error.report()), () -> head(report));
    }

    /** Its first lines; what oclgrind quotes is of our joined sources, the file and the line that it names are right. */
    private static String head(String report) {
        return report.lines().limit(40).collect(Collectors.joining("\n"));
    }
}
