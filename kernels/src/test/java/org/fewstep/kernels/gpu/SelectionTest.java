package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Properties;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Trials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked for goes before what is tuned, and that before the family's own. */
class SelectionTest {
    private static final List<Choice> LEGAL = List.of(Choice.version(3), Choice.version(2), Choice.version(1));

    private final KernelLab lab = KernelLab.onPaper(90, Precision.F32);
    private final Operands operands = new Operands(lab.device(), DType.F32);
    private final Workload matmul = workload(Family.MATMUL, "64x32x100");

    @AfterEach
    void close() {
        operands.close();
        lab.close();
    }

    private Workload workload(Family family, String shape) {
        return Trials.of(family, shape).get(0).on(operands);
    }

    private Selection selection(String asked, String user, String shipped) {
        Properties properties = new Properties();
        if (!asked.isEmpty()) {
            properties.setProperty("fewstep.launch.matmul", asked);
        }
        return new Selection(
                lab.facts(),
                Precision.F32,
                properties,
                LaunchTable.parse("user", user),
                LaunchTable.parse("shipped", shipped));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', v3",
        "'', '', cuda.paper.matmul.f32 = v2, v2",
        "'', cuda.paper.matmul.f32 = v1, cuda.paper.matmul.f32.n128-k32 = v2, v1",
        "v2, cuda.paper.matmul.f32 = v1, '', v2",
        "'', cuda.paper.matmul.f32.n128-k32 = v2, '', v2",
        "'', cuda.paper.matmul.f32.n64-k32 = v2, '', v3",
        "'', cuda.paper.matmul.f32.m64-n128-k32 = v2, '', v2",
        "'', cuda.paper.matmul.f32.m128-n128-k32 = v2, '', v3",
        "'', cuda.pape*.matmul.f32 = v2, '', v2",
        "'', cuda.other.matmul.f32 = v2, '', v3",
        "'', cuda.paper.matmul.f64 = v2, '', v3",
        "'', cuda.paper.matmul.bf16 = v2, '', v3",
        "'', cuda.paper.softmax.f32 = v2, '', v3",
        "'', cuda.paper.matmul.f32 = v4, '', v3",
        "'', cuda.paper.matmul.f32 = v99, cuda.paper.matmul.f32 = v1, v1",
    })
    void theFirstThatIsLegal(String asked, String user, String shipped, Choice expected) {
        assertEquals(expected, selection(asked, user, shipped).of(matmul, LEGAL));
    }

    @Test
    void anEntryOfOneCodeIsForThatCode() {
        Selection selection = new Selection(
                lab.facts(),
                Precision.F32,
                new Properties(),
                LaunchTable.parse("user", "cuda.paper.softmax-log.f32 = v2"),
                LaunchTable.empty());
        List<Workload> codes = Trials.of(Family.SOFTMAX, "3x5").stream()
                .map(trial -> trial.on(operands))
                .toList();
        assertEquals(
                List.of("softmax forward v3", "softmax log v2", "softmax along v3"),
                codes.stream()
                        .map(work -> work.label() + " " + selection.of(work, LEGAL))
                        .toList());
    }

    @Test
    void aNumberOfRowsCountsOnlyWhereAllBitsAreEqual() {
        Selection selection = selection("", "cuda.paper.matmul.f32.m64-n128-k32 = v2", "");
        assertEquals(Choice.version(2), selection.of(matmul, LEGAL));
        List<Choice> others = List.of(Choice.version(99), Choice.version(2));
        assertEquals(Choice.version(99), selection.of(matmul, others));
    }

    @Test
    void whatIsAskedForMustBeLegal() {
        Selection selection = selection("v4", "", "");
        String message = String.valueOf(assertThrows(DeviceException.class, () -> selection.of(matmul, LEGAL))
                .getMessage());
        assertEquals(
                "matmul: got v4 by -Dfewstep.launch.matmul; expected one of [v3, v2, v1], which can do this work on"
                        + " paper",
                message);
    }

    @ParameterizedTest
    @CsvSource({
        "fewstep.launch.matmul, v99",
        "fewstep.launch.matmul, fast",
        "fewstep.launch.matmul, ''",
        "fewstep.launch.matmull, v1",
        "fewstep.launch., v1",
    })
    void whatIsAskedForMustBeThere(String property, String text) {
        Properties properties = new Properties();
        properties.setProperty(property, text);
        DeviceException e = assertThrows(
                DeviceException.class,
                () -> new Selection(lab.facts(), Precision.F32, properties, LaunchTable.empty(), LaunchTable.empty()));
        assertTrue(String.valueOf(e.getMessage()).startsWith(property + ": "), e.getMessage());
    }

    @Test
    void aVersionAskedForHoldsForFamiliesOfOneVersionToo() {
        Properties properties = new Properties();
        properties.setProperty("fewstep.launch.scan", "v1 block=8");
        Selection selection =
                new Selection(lab.facts(), Precision.F32, properties, LaunchTable.empty(), LaunchTable.empty());
        Driver driver = new PaperDriver(lab.facts());
        Launches launches = new Launches(
                new Programs(driver, new ProgramCache(null), file -> ""),
                lab.facts(),
                selection,
                Precision.F32,
                (dtype, size) -> driver.allocate(size));
        Workload scan = workload(Family.SCAN, "2x3x1");
        assertThrows(DeviceException.class, () -> GpuKernels.plan(scan, launches));
    }

    @Test
    void theFingerprintSaysWhatMayChangeBits() {
        Properties scan = new Properties();
        scan.setProperty("fewstep.launch.scan", "v1");
        assertEquals(
                "",
                new Selection(lab.facts(), Precision.F32, scan, LaunchTable.empty(), LaunchTable.empty())
                        .fingerprint());
        String products = selection("v2", "cuda.paper.matmul.f32 = v1", "").fingerprint();
        assertTrue(products.matches("/matmul v2/tuned [0-9a-f]+"), products);
    }
}
