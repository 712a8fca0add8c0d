package org.fewstep.bench.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.OwnKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file's first comment says, and what it may not say; no device is needed. */
class KernelFileTest {
    private static final String SCAN =
            "KERNEL void %s(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out)"
                    + " { /* nothing */ }\n";

    private static KernelFile parse(String text) {
        return KernelFile.parse("my.cl", null, text);
    }

    private static OwnKernels on(String text) {
        try (KernelLab lab = KernelLab.onPaper(90, Precision.F32)) {
            return parse(text).on(lab);
        }
    }

    private static String refusal(Runnable what) {
        return String.valueOf(assertThrows(BadFileException.class, what::run).getMessage());
    }

    @Test
    void theFirstCommentSaysWhatAFileIsFor() {
        KernelFile file = parse("""

                /*
                 * A scan.
                 *
                 * family: scan
                 * kernel: a in place of scan_sum
                 * groups: outer * inner / 64
                 * threads: 64
                 */
                // kernel: b in place of scan_sum_reversed
                #include "portable.h"
                // family: matmul
                """);
        assertEquals(Family.SCAN, file.family());
        assertEquals(
                List.of(
                        new KernelFile.Head(6, "a", "scan_sum", "outer * inner / 64", "64"),
                        new KernelFile.Head(10, "b", "scan_sum_reversed", null, null)),
                file.heads());
    }

    @Test
    void aKernelGetsTheArgumentsAndSpaceOfTheOneItStandsInFor() {
        OwnKernels own =
                on("// family: scan\n// kernel: a in place of scan_sum\n// groups: outer / 2, units\n// threads: 8\n"
                        + "// kernel: b in place of scan_sum_reversed\n" + SCAN.formatted("a") + SCAN.formatted("b"));
        assertEquals(
                List.of("a", "b"),
                own.kernels().stream().map(OwnKernels.Own::name).toList());
        OwnKernels.Geometry space = own.kernels().get(0).geometry();
        assertEquals(
                "[4, 132, 1, 8, 1]", Arrays.toString(space == null ? new int[0] : space.of(new int[] {7, 1, 1, 0, 0})));
        assertNull(own.kernels().get(1).geometry());
        assertTrue(own.source().startsWith("#line 1 \"my.cl\"\n// family: scan\n"), own.source());
    }

    @Test
    void kernelsOfTheSameNamesStandInWithoutALine() {
        OwnKernels own = on("// family: scan\n" + SCAN.formatted("scan_sum_reversed") + SCAN.formatted("other"));
        assertEquals(
                List.of("scan_sum_reversed"),
                own.kernels().stream().map(OwnKernels.Own::inPlaceOf).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';my.cl: got no line;// family: matmul",
                "// family: matmull;my.cl line 1: got 'matmull';elementwise, combine, matmul",
                "// family: scan|// family: scan;my.cl line 2: got a second family;one",
                "// family: scan|// kernel: a;my.cl line 2: got 'a';NAME in place of NAME",
                "// family: scan|// groups: 3;my.cl line 2: got an index space before any kernel;above",
                "// family: scan|// kernel: a in place of b|// threads: 3;my.cl line 2: got groups or threads alone;both",
            })
    void anotherCommentIsRefused(String text, String got, String expected) {
        String message = refusal(() -> parse(text.replace('|', '\n')));
        assertTrue(message.startsWith(got) && message.contains(expected), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a in place of scan_som;my.cl line 2: got kernel scan_som to stand in for; expected one of scan_sum,",
                "a in place of softmax_log;my.cl line 2: got kernel softmax_log;",
                "c in place of scan_sum;my.cl line 2: got no kernel c in the file;",
                "short in place of scan_sum;my.cl line 2: got 2 parameters of short; expected 5, those of scan_sum",
            })
    void aKernelThatDoesNotFitIsRefused(String kernel, String got) {
        String message = refusal(() -> on("// family: scan\n// kernel: " + kernel + "\n" + SCAN.formatted("a")
                + "KERNEL void short(int n, GLOBAL REAL *out) {}\n// void c(int n) {}\n"));
        assertTrue(message.startsWith(got), message);
    }

    @Test
    void aFileWithoutAKernelOfAnyUseIsRefused() {
        String message = refusal(() -> on("// family: scan\n" + SCAN.formatted("a")));
        assertTrue(message.contains("scan_sum, scan_sum_reversed"), message);
    }

    @Test
    void aMissingFileIsRefused(@TempDir Path folder) {
        assertTrue(refusal(() -> KernelFile.read(folder.resolve("none.cl").toString()))
                .contains("no such file"));
        assertTrue(refusal(() -> KernelFile.read(folder.toString())).contains("regular file"));
    }

    @Test
    void filesOfTheClassPathAreFound() {
        assertTrue(
                KernelFiles.onClassPath().stream()
                        .anyMatch(file -> file.name().equals("backwards_scan.cl") && file.family() == Family.SCAN),
                "backwards_scan.cl of the test resources");
        assertEquals(Family.SCAN, KernelFile.read("backwards_scan.cl").family());
    }
}
