package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Trials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tuner writes is what a device then takes; a wrong version is not chosen. */
@Tag("opencl")
class TunerTest {
    private static final String PROPERTY = "fewstep.launches";
    private static final String SHAPE = "40x33x50";

    @TempDir
    Path folder;

    private String before = "";
    private Path file = Path.of("");

    @BeforeEach
    void set() {
        TestGpu.driver().close();
        before = System.getProperty(PROPERTY, "");
        file = folder.resolve("launches.properties");
        System.setProperty(PROPERTY, file.toString());
    }

    @AfterEach
    void restore() {
        if (before.isEmpty()) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    private static List<Tuner.Finding> tune(KernelLab lab, boolean write) {
        Tuner tuner = new Tuner(lab, 0.01);
        Trials.of(Family.MATMUL, SHAPE).forEach(trial -> tuner.race(trial, DType.F32, told -> {}));
        if (write) {
            tuner.write();
        }
        return tuner.findings();
    }

    @Test
    void whatIsWrittenIsTaken() throws IOException {
        Files.writeString(file, "cuda.other.matmul.f32 = v1\n");
        try (KernelLab lab = KernelLab.open("opencl:0", Precision.F32);
                Operands operands = new Operands(lab.device(), DType.F32)) {
            List<Tuner.Finding> findings = tune(lab, true);
            assertEquals(1, findings.size());
            assertFalse(findings.get(0).wrong(), findings.toString());
            String name = LaunchTable.slug(lab.facts().name());
            assertEquals(
                    "opencl." + name + ".matmul.f32.m64-n64-k64",
                    findings.get(0).key());
            String written = Files.readString(file);
            assertTrue(
                    written.contains(
                            findings.get(0).key() + " = " + findings.get(0).chosen() + "\n"),
                    written);
            assertTrue(written.contains("cuda.other.matmul.f32 = v1\n"), written);
            Workload work = Trials.of(Family.MATMUL, SHAPE).get(0).on(operands);
            Selection selection = new Selection(
                    lab.facts(), Precision.F32, new Properties(), LaunchTable.ofUser(), LaunchTable.empty());
            List<Choice> legal = new ArrayList<>(lab.legal(work));
            legal.remove(findings.get(0).chosen());
            legal.add(findings.get(0).chosen());
            assertEquals(findings.get(0).chosen(), selection.of(work, legal));
        }
    }

    @Test
    void aWrongVersionIsNotChosen() {
        String source = KernelLab.expand("wrong.cl", KernelLab.source("matmul.cl"), null)
                .replace("if (i < m && j < n) {", "if (i < m && j < n - 1) {");
        OwnKernels own =
                new OwnKernels("wrong.cl", source, List.of(new OwnKernels.Own("matmul_tiles", "matmul_tiles", null)));
        try (KernelLab lab = KernelLab.open("opencl:0", Precision.F32, own)) {
            List<Tuner.Finding> findings = tune(lab, false);
            assertTrue(findings.get(0).wrong());
            assertTrue(findings.get(0).times().contains("v2 wrong"), findings.toString());
            assertNotEquals(Choice.version(2), findings.get(0).chosen());
        }
    }

    @Test
    void otherBitsThanTheFamilyPromisesAreWrong() {
        String source = KernelLab.expand("close.cl", KernelLab.source("matmul.cl"), null)
                .replace("sum = fma(left[y", "sum = sum * (1 + EPSILON) + (left[y")
                .replace("+ l], right[l * TILE + x], sum);", "+ l] * right[l * TILE + x]);");
        OwnKernels own =
                new OwnKernels("close.cl", source, List.of(new OwnKernels.Own("matmul_tiles", "matmul_tiles", null)));
        try (KernelLab lab = KernelLab.open("opencl:0", Precision.F32, own)) {
            List<Tuner.Finding> findings = tune(lab, false);
            assertTrue(findings.get(0).times().contains("v2 wrong"), findings.toString());
        }
    }
}
