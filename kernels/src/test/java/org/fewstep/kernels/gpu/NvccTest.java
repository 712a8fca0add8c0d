package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kernel file is CUDA C++ too: nvcc takes it with every warning as an error, where nvcc is found. */
@Tag("opencl")
@Tag("nvcc")
class NvccTest {
    private static final List<String> ARCHITECTURES = List.of("75", "90a");
    private static final List<String> TENSOR_ARCHITECTURES = List.of("75", "80", "90", "90a");

    @TempDir
    Path folder;

    private static boolean present() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place).resolve("nvcc")));
    }

    private String compile(String source, String... options) throws IOException, InterruptedException {
        return compile(source, ARCHITECTURES, options);
    }

    private String compile(String source, List<String> architectures, String... options)
            throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("kernels.cu"), source);
        List<String> command = new ArrayList<>(List.of("nvcc", "-Werror", "all-warnings", "-fmad=false"));
        for (String architecture : architectures) {
            command.add("-gencode=arch=compute_" + architecture + ",code=sm_" + architecture);
        }
        command.addAll(List.of(
                "-fatbin",
                "-DBACKEND_CUDA=1",
                "-o",
                folder.resolve("kernels.fatbin").toString()));
        command.addAll(List.of(options));
        command.add(file.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : log + "exit code " + process.exitValue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attention.cl",
                "attention_tiles.cl",
                "combine.cl",
                "conv2d.cl",
                "elementwise.cl",
                "gather.cl",
                "matmul.cl",
                "modulated_norm.cl",
                "norm.cl",
                "random.cl",
                "reduce.cl",
                "roof.cl",
                "scan.cl",
                "softmax.cl",
                "update.cl"
            })
    void compilesInBothTypes(String file) throws Exception {
        assumeTrue(present(), "no nvcc on the PATH");
        String source = Source.of(file);
        assertEquals("", compile(source, "-DREAL_IS_FLOAT=1", "-DCHANNELS=32"));
        assertEquals("", compile(source, "-DREAL_IS_DOUBLE=1", "-DCHANNELS=32"));
    }

    /** The table goes to {@code target/registers.md}. */
    @Test
    void noDefaultVersionSpills() throws IOException {
        assumeTrue(present(), "no nvcc on the PATH");
        List<Inspection.Report> reports = new ArrayList<>();
        for (Workload.Family family : Workload.Family.values()) {
            List<Inspection.Report> more = Inspection.of(Inspection.calls(family, null, 90), "90a");
            assertTrue(more.size() >= 2, "no kernel of " + family);
            reports.addAll(more);
        }
        Files.writeString(Path.of("target", "registers.md"), Inspection.table(reports));
        assertEquals(
                List.of(),
                reports.stream().filter(report -> report.spilled() > 0).toList());
    }

    /** The width that takes most registers, on other processors too. */
    @ParameterizedTest
    @ValueSource(strings = {"-DREAL_IS_FLOAT=1", "-DREAL_IS_DOUBLE=1"})
    void widestAttentionKeepsItsRegisters(String real) throws Exception {
        assumeTrue(present(), "no nvcc on the PATH");
        assertEquals(
                "",
                compile(
                        Source.of("attention_tiles.cl"),
                        List.of("75", "80", "90a"),
                        "-std=c++17",
                        "-Xptxas",
                        "-warn-spills",
                        "-DCHANNELS=128",
                        real));
    }

    @Test
    void aSpillAndSharedMemoryAreSeen() {
        assumeTrue(present(), "no nvcc on the PATH");
        String source = """
                extern "C" __global__ void many(float *x, int n) {
                    float r[96];
                    for (int i = 0; i < 96; i++) r[i] = x[i];
                    for (int k = 0; k < n; k++) {
                        for (int i = 0; i < 96; i++) r[i] = fmaf(r[i], r[i ^ 1], r[(i + 17) % 96]);
                    }
                    for (int i = 0; i < 96; i++) x[i] = r[i];
                }
                extern "C" __global__ void few(float *x) {
                    __shared__ float s[96];
                    s[threadIdx.x] = x[threadIdx.x];
                    __syncthreads();
                    x[threadIdx.x] = s[95 - threadIdx.x];
                }
                """;
        List<Inspection.Report> reports = Inspection.of("own.cu", source, List.of("-maxrregcount=32"), "80");
        assertEquals(
                List.of("few", "many"),
                reports.stream().map(Inspection.Report::kernel).toList());
        assertEquals(384, reports.get(0).shared());
        assertEquals(0, reports.get(0).spilled());
        assertTrue(reports.get(1).spilled() > 0, reports.toString());
        assertTrue(Inspection.ptx("own.cu", source, List.of(), "80").contains(".entry many"));
    }

    /** For every architecture that is shipped; a spilled register is a warning here, so an error. */
    @ParameterizedTest
    @ValueSource(strings = {"attention_tensor.cl", "conv2d_tensor.cl", "matmul_tensor.cl", "matmul_warpgroup.cl"})
    void tensorCoreKernelsKeepTheirRegisters(String file) throws Exception {
        assumeTrue(present(), "no nvcc on the PATH");
        assertEquals(
                "",
                compile(
                        Source.of(file),
                        TENSOR_ARCHITECTURES,
                        "-std=c++17",
                        "-Xptxas",
                        "-warn-spills",
                        "-DWIDTH=128",
                        "-DREAL_IS_FLOAT=1"));
    }

    @Test
    void aSpillIsSeen() throws Exception {
        assumeTrue(present(), "no nvcc on the PATH");
        String source = Source.of("matmul_tensor.cl").replace("BOUNDS(THREADS, 1)", "BOUNDS(THREADS, 2)");
        String log = compile(source, List.of("90"), "-std=c++17", "-Xptxas", "-warn-spills", "-DREAL_IS_FLOAT=1");
        assertEquals(true, log.contains("spilled"), log);
    }

    @Test
    void anErrorIsSeen() throws Exception {
        assumeTrue(present(), "no nvcc on the PATH");
        String source = Source.of("scan.cl").replace("REAL sum = 0;", "REAL sum = nothing;");
        assertEquals(true, compile(source, "-DREAL_IS_FLOAT=1").contains("nothing"));
    }
}
