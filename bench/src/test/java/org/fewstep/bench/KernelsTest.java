package org.fewstep.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.gpu.Inspection;
import org.fewstep.kernels.gpu.KernelLab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The laboratory's commands on OpenCL: what they find, what they say, and how they end. */
@Tag("opencl")
class KernelsTest {
    private static final String PROPERTY = "fewstep.launches";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private String before = "";

    @BeforeEach
    void set() {
        before = System.getProperty(PROPERTY, "");
        System.setProperty(PROPERTY, folder.resolve("launches.properties").toString());
        List<Devices.Found> found = Devices.list().stream()
                .filter(one -> one.name().startsWith("opencl"))
                .toList();
        boolean there = found.stream().anyMatch(Devices.Found::usable);
        if (!there && Boolean.getBoolean("require.opencl")) {
            throw new AssertionError(found.toString());
        }
        assumeTrue(there, found.toString());
    }

    @AfterEach
    void restore() {
        if (before.isEmpty()) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    private int run(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "kernels";
        System.arraycopy(args, 0, all, 1, args.length);
        return Bench.line(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }

    /** The shipped scan, changed. */
    private Path scan(String name, String code, String other) throws IOException {
        String shipped = KernelLab.source("scan.cl");
        assertTrue(shipped.contains(code), "scan.cl has no longer: " + code);
        return Files.writeString(folder.resolve(name), "// family: scan\n" + shipped.replace(code, other));
    }

    private void assertOneLine(String... parts) {
        assertEquals(1, err.toString().strip().split("\\R").length, err.toString());
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err.toString());
        }
    }

    @Test
    void everyVersionOfAFamilyIsRight() {
        assertEquals(0, run("check", "--family", "matmul,scan", "--dtype", "f32"), err.toString());
        for (int version = 1; version <= 4; version++) {
            assertTrue(out.toString().contains("matmul F32 v" + version + ": "), out.toString());
        }
        assertTrue(out.toString().contains("all right"), out.toString());
        assertFalse(out.toString().contains("WRONG "), out.toString());
    }

    @Test
    void aWrongKernelIsNamedByItsFirstNumber() throws IOException {
        Path file = scan("wrong.cl", "out[at] = sum;", "out[at] = n > 100 ? sum + R(1.0) : sum;");
        assertEquals(1, run("check", file.toString()), err.toString());
        assertTrue(
                out.toString().contains("WRONG scan sum 3x255x1 F32 v1 with wrong.cl: index 0: got "), out.toString());
        assertFalse(out.toString().contains("WRONG scan sum 2x33x7"), out.toString());
        assertEquals(1, run("race", file.toString(), "--seconds", "0.01"), err.toString());
        assertTrue(out.toString().contains(" | v1 with wrong.cl | WRONG | "), out.toString());
    }

    @Test
    void anOwnFileRacesAndIsWritten() throws IOException {
        Path results = folder.resolve("results").resolve("scan");
        assertEquals(
                0,
                run("race", "backwards_scan.cl", "--shape", "4x33x3", "--seconds", "0.01", "--out", results.toString()),
                err.toString());
        JsonCursor json = Json.open(results.resolve("race.json"));
        List<String> versions = json.get("rows").elements().stream()
                .map(row ->
                        row.get("work").asString() + " " + row.get("version").asString())
                .toList();
        assertEquals(
                List.of("scan sum v1", "scan sum_reversed v1", "scan sum_reversed v1 with backwards_scan.cl"),
                versions);
        for (JsonCursor row : json.get("rows").elements()) {
            assertTrue(row.get("seconds").asDouble() > 0);
        }
        assertTrue(Files.readString(results.resolve("race.md"))
                .contains("| scan sum\\_reversed | 4x33x3 | F32 | v1 with"));
        assertTrue(Files.exists(results.resolve("race.machine.json")));
    }

    @Test
    void filesOfTheClassPathRaceWithTheirFamily() {
        assertEquals(0, run("race", "--family", "scan", "--shape", "4x33x3", "--seconds", "0.01"), err.toString());
        assertTrue(out.toString().contains("v1 with backwards_scan.cl"), out.toString());
    }

    @Test
    void anErrorOfSyntaxIsReportedInHisLine() throws IOException {
        Path file = scan("broken.cl", "REAL sum = 0;", "REAL sum = nothing;");
        int line = Files.readString(file)
                .substring(0, Files.readString(file).indexOf("nothing"))
                .split("\n")
                .length;
        assertEquals(1, run("race", file.toString()));
        String text = err.toString();
        assertTrue(text.startsWith("race: kernel file broken.cl: got "), text);
        assertTrue(text.contains("broken.cl:" + line + ":") && text.contains("'nothing'"), text);
        assertEquals(text.indexOf("the compiler says"), text.lastIndexOf("the compiler says"), text);
    }

    @Test
    void anIndexSpaceThatTheDeviceRefusesIsAFailedRun() throws IOException {
        Path file = Files.writeString(
                folder.resolve("huge.cl"),
                "// family: scan\n// kernel: scan_sum in place of scan_sum\n// groups: 1\n// threads: 1000000\n"
                        + KernelLab.source("scan.cl"));
        assertEquals(1, run("race", file.toString(), "--shape", "4x33x3"));
        assertOneLine("race: opencl launch scan_sum");
    }

    @ParameterizedTest
    @CsvSource({
        "2, 'check --family matmull', expected one of elementwise",
        "2, 'race --family scan --shape 3x4', expected outer x n x inner",
        "2, 'race --shape 3x4', expected --family with one",
        "2, 'race --family scan --code forward', expected a part",
        "2, 'race --family scan --seconds 0', expected above 0",
        "2, 'race --family scan --dtype f16', 'expected f32, f64, tf32 or bf16'",
        "2, 'race backwards_scan.cl --family softmax', which backwards_scan.cl is for",
        "2, 'list --source none.cl', got none.cl",
        "2, 'inspect', expected --family",
        "2, 'inspect --family matmul --version v99 --device opencl:0', expected v1 to v",
        "2, '', got no command",
        "3, 'race none.cl', no such file",
        "4, 'race --family scan --device opencl:99', opencl:99",
        "4, 'race --family scan --device vulkan:0', vulkan:0",
        "4, 'race --family matmul --dtype bf16', precision: got bf16",
        "4, 'tune --family matmul --device opencl:99', opencl:99",
    })
    void anErrorIsOneLineAndACode(int code, String args, String says) {
        assertEquals(code, run(args.isEmpty() ? new String[0] : args.split(" ")), err.toString());
        assertOneLine(says);
    }

    @Test
    void cudaKernelsWantACudaDevice() throws IOException {
        Path file = Files.writeString(folder.resolve("my.cu"), "// family: scan\n");
        assertEquals(4, run("race", file.toString(), "--device", "opencl:0"));
        assertOneLine("my.cu, which is CUDA C++; expected a CUDA device");
        boolean cuda = Devices.list().stream().anyMatch(one -> one.name().startsWith("cuda:"));
        if (!cuda) {
            err.getBuffer().setLength(0);
            assertEquals(4, run("race", file.toString()));
            assertOneLine("cuda");
        }
    }

    @Test
    void tuningWritesWhatItChose() throws IOException {
        Path file = folder.resolve("launches.properties");
        String[] args = {"tune", "--family", "matmul", "--shape", "32x32x32", "--seconds", "0.01", "--dry-run"};
        assertEquals(0, run(args), err.toString());
        assertFalse(Files.exists(file));
        assertEquals(0, run(Arrays.copyOf(args, args.length - 1)), err.toString());
        String written = Files.readString(file);
        assertTrue(written.contains(".matmul.f32.m32-n32-k32 = v"), written);
        assertTrue(out.toString().contains(".matmul.f32.m32-n32-k32 | v4 | v"), out.toString());
    }

    @Test
    void aDeviceSaysWhatItsKernelsTake() {
        assertEquals(
                0, run("inspect", "--family", "matmul", "--device", "opencl:0", "--version", "v2"), err.toString());
        // Two tiles of 16 x 16 numbers.
        assertTrue(
                out.toString().matches("(?s).*\\| matmul_tiles \\| -DREAL_IS_FLOAT=1 \\| - \\| \\d+ \\| 2048 \\|.*"));
    }

    @Test
    void nvccSaysWhatKernelsTake() throws IOException {
        if (!Inspection.isPossible()) {
            assertEquals(4, run("inspect", "--family", "scan"));
            assertOneLine("got no nvcc");
            return;
        }
        assertEquals(0, run("inspect", "--family", "scan", "--arch", "75"), err.toString());
        assertTrue(out.toString().contains("| scan.cl | FLOAT | scan_sum_reversed | 75 | "), out.toString());
        Path file = scan("mine.cl", "REAL sum = 0;", "REAL sum = R(0.0);");
        assertEquals(0, run("inspect", file.toString(), "--arch", "80", "--ptx"), err.toString());
        assertTrue(out.toString().contains(".entry scan_sum"), out.toString());
    }

    @Test
    void theListNamesVersionsAndTheirKernels() {
        assertEquals(0, run("list", "--family", "matmul,scan"), err.toString());
        assertTrue(out.toString().contains("  v4 *: "), out.toString());
        assertTrue(out.toString().contains("  v2: matmul_tiles"), out.toString());
        assertTrue(out.toString().contains("  on the class path: backwards_scan.cl"), out.toString());
        assertEquals(0, run("list", "--source", "scan.cl"), err.toString());
        assertTrue(out.toString().contains("KERNEL void scan_sum"), out.toString());
    }
}
