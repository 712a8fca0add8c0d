package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Trials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and values of a launches file, and files that are none. */
class LaunchTableTest {
    private static final Driver.Facts FACTS =
            new Driver.Facts("NVIDIA H200", "1", Driver.Backend.CUDA, 90, false, true, 132, 1 << 30);

    @TempDir
    Path folder;

    private static LaunchTable parse(String text) {
        return LaunchTable.parse("test", text);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        String lines = "cuda.*.update-adam.f64 = v1\n"
                + "cuda.nvidia-h200.conv2d-weight.f32.o64-d1024-p256 = v1 block=128\n"
                + "cuda.nvidia-h200.matmul.bf16.n1024-k256 = v6\n"
                + "cuda.nvidia-h200.matmul.f32.m64-n1024-k256 = v2\n"
                + "opencl.pthread-*.softmax.f32 = v3 tile=4 vec=2\n";
        LaunchTable table = parse("# a comment\n\n" + lines);
        assertEquals(5, table.size());
        assertTrue(table.text().endsWith(lines), table.text());
        Path file = folder.resolve("new").resolve("launches.properties");
        table.write(file);
        assertEquals(table.text(), LaunchTable.read(file).text());
        parse("cuda.*.reduce.f32 = v1").write(file);
        assertEquals(1, LaunchTable.read(file).size());
        try (var left = Files.list(folder.resolve("new"))) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void whatFitsLessGoesFirst() {
        LaunchTable table = parse("""
                cuda.*.matmul.f32 = v1
                cuda.nvidia-*.matmul.f32 = v1 block=1
                cuda.nvidia-h200.matmul.f32 = v1 block=2
                cuda.*.matmul.f32.n64-k64 = v1 block=3
                cuda.*.matmul.f32.m64-n64-k64 = v1 block=4
                cuda.nvidia-h100.matmul.f32 = v1 block=5
                opencl.nvidia-h200.matmul.f32 = v1 block=6
                """);
        assertEquals(
                List.of(4, 3, 2, 1, 0),
                table.of(FACTS).stream().map(entry -> entry.choice().block()).toList());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theKeyOfEveryWorkloadIsReadAgain(Family family) {
        try (KernelLab lab = KernelLab.onPaper(90, Precision.F32)) {
            for (Trial trial : Trials.edges(family)) {
                try (Operands operands = new Operands(lab.device(), DType.F32)) {
                    Workload work = trial.on(operands);
                    for (boolean rows : new boolean[] {true, false}) {
                        LaunchTable.Entry entry =
                                LaunchTable.entry(lab.facts(), Precision.F32, work, rows, Choice.version(1));
                        List<LaunchTable.Entry> again =
                                parse(entry.key() + " = v1").of(lab.facts());
                        assertEquals(1, again.size());
                        assertEquals(entry.key(), again.get(0).key());
                        assertEquals(
                                work.label(),
                                again.get(0).label() == null
                                        ? family.name().toLowerCase(Locale.ROOT)
                                        : again.get(0).label());
                    }
                }
            }
        }
    }

    @Test
    void sizesAreRoundedUpToPowersOfTwo() {
        try (KernelLab lab = KernelLab.onPaper(90, Precision.F32);
                Operands operands = new Operands(lab.device(), DType.F32)) {
            Workload work = Trials.of(Family.MATMUL, "65x1x33").get(0).on(operands);
            assertEquals(
                    "cuda.paper.matmul.f32.m128-n64-k1",
                    LaunchTable.entry(lab.facts(), Precision.F32, work, true, Choice.version(1))
                            .key());
            assertEquals(
                    "cuda.paper.matmul.f32.n64-k1",
                    LaunchTable.entry(lab.facts(), Precision.F32, work, false, Choice.version(1))
                            .key());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cuda.x.matmul.f32",
                "cuda.x.matmul = v1",
                "cuda.x.matmul.f32.n64-k64.more = v1",
                "vulkan.x.matmul.f32 = v1",
                "cuda.X.matmul.f32 = v1",
                "cuda.*x.matmul.f32 = v1",
                "cuda..matmul.f32 = v1",
                "cuda.x.matmull.f32 = v1",
                "cuda.x.matmul-forward.f32 = v1",
                "cuda.x.softmax-forwards.f32 = v1",
                "cuda.x.matmul.f16 = v1",
                "cuda.x.matmul.f32.n64 = v1",
                "cuda.x.matmul.f32.k64-n64 = v1",
                "cuda.x.matmul.f32.n65-k64 = v1",
                "cuda.x.matmul.f32.n64-k-64 = v1",
                "cuda.x.matmul.f32.n99999999999999999999-k64 = v1",
                "cuda.x.matmul.f32.m64-n64-k64 = v9",
                "cuda.x.matmul.f32 = 1",
                "cuda.x.matmul.f32 = v0",
                "cuda.x.matmul.f32 = v1 block=99999999999",
                "cuda.x.matmul.f32 = v1\ncuda.x.matmul.f32 = v2",
                "\u0000\u0001",
            })
    void anotherLineIsRefusedByItsNumber(String line) {
        DeviceException e = assertThrows(DeviceException.class, () -> parse("# first\n" + line));
        int wrong = 1 + line.split("\n").length;
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("launches test line " + wrong + ": got \""), message);
        assertTrue(message.chars().allMatch(c -> c >= ' ' && c < 0x7f), message);
    }

    @Test
    void aFileThatIsNoneIsRefused() throws IOException {
        assertThrows(NoSuchFileException.class, () -> LaunchTable.read(folder.resolve("missing")));
        assertTrue(refusal(folder).contains("no plain file"));
        Path file = Files.writeString(folder.resolve("launches.properties"), "cuda.*.matmul.f32 = v1\n");
        assertEquals(1, LaunchTable.read(file).size());
        assertTrue(
                refusal(Files.createSymbolicLink(folder.resolve("link"), file)).contains("no plain file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertTrue(refusal(file).contains("others may write"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(file, new byte[] {'#', (byte) 0xff});
        assertTrue(refusal(file).contains("UTF-8"));
        Files.write(file, new byte[LaunchTable.MOST_BYTES + 1]);
        assertTrue(refusal(file).contains("at most"));
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(DeviceException.class, () -> LaunchTable.read(file))
                .getMessage());
    }

    @Test
    void theShippedTableIsRead() {
        assertTrue(LaunchTable.shipped().size() >= 0);
    }
}
