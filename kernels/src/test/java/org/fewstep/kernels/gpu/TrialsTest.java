package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Oracle;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Trials;
import org.fewstep.kernels.trial.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trials of all families: the CPU's F32 keeps to their tolerances, so does every choice on OpenCL, and errors are seen. */
class TrialsTest {
    @ParameterizedTest
    @EnumSource(Family.class)
    void theProcessorKeepsToTheTolerances(Family family) {
        CpuDevice cpu = CpuDevice.shared();
        for (Trial trial : Trials.edges(family)) {
            try (Operands operands = new Operands(cpu, DType.F32)) {
                Workload work = trial.on(operands);
                assertEquals(family, work.family());
                assertTrue(trial.label().startsWith(work.label()), trial + " is " + work.label());
                cpu.run(work);
                Verdict verdict = Oracle.of(trial).judge(Operands.results(work), 0x1p-23);
                assertTrue(verdict.ok(), trial + ": " + verdict.wrong());
            }
        }
        assertEquals(0, cpu.live().buffers().get());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    @Tag("opencl")
    void everyChoiceKeepsToTheTolerances(Family family) {
        TestGpu.driver().close();
        Set<Choice> seen = new HashSet<>();
        try (KernelLab lab = KernelLab.open("opencl:0", Precision.F32)) {
            for (Trial trial : Trials.edges(family)) {
                for (DType dtype : lab.dtypes()) {
                    Race.Outcome outcome = Race.run(lab, trial, dtype, Oracle.of(trial), (work, choice) -> true, 0);
                    assertFalse(outcome.entries().isEmpty(), trial + " has no choice");
                    // Bits are compared with those of the family's own choice.
                    boolean comparable = GpuKernels.hasBitsOfFirst(
                            family, outcome.entries().get(0).choice());
                    for (Race.Entry entry : outcome.entries()) {
                        assertTrue(
                                entry.verdict().ok(),
                                trial + " " + dtype + " " + entry.choice() + ": "
                                        + entry.verdict().wrong());
                        assertTrue(
                                entry.sameBits() || !comparable || !GpuKernels.hasBitsOfFirst(family, entry.choice()),
                                trial + " " + entry.choice() + " has other bits");
                        seen.add(entry.choice());
                    }
                }
            }
        }
        assertFalse(seen.isEmpty());
    }

    /** Every single number that is off by a hundredth of the greatest is found, and named. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void anErrorIsNamed(Family family) {
        CpuDevice cpu = CpuDevice.shared();
        for (Trial trial : Trials.edges(family)) {
            try (Operands operands = new Operands(cpu, DType.F64)) {
                Workload work = trial.on(operands);
                cpu.run(work);
                List<double[]> results = new ArrayList<>();
                Operands.results(work).forEach(result -> results.add(result.clone()));
                double[] last = results.get(results.size() - 1);
                int place = last.length / 2;
                double greatest = 0;
                for (double x : last) {
                    greatest = Math.max(greatest, Math.abs(x));
                }
                last[place] += 0.01 * Math.max(greatest, 1e-3);
                Verdict verdict = Oracle.of(trial).judge(results, 0x1p-23);
                String wrong = String.valueOf(verdict.wrong());
                assertTrue(wrong.contains("index " + place + ": got " + last[place]), trial + ": " + wrong);
                last[place] = Double.NaN;
                assertFalse(Oracle.of(trial).judge(results, 1).ok(), trial + " with NaN");
            }
        }
    }

    /** Of a product that is too large for the oracle some rows are compared, and all places must be written. */
    @Test
    void aLargeProductIsComparedByRows() {
        CpuDevice cpu = CpuDevice.shared();
        Trial trial = Trials.of(Family.MATMUL, "2048x2400x2100").get(0);
        List<double[]> results;
        try (Operands operands = new Operands(cpu, DType.F32)) {
            Workload work = trial.on(operands);
            cpu.run(work);
            results = Operands.results(work);
        }
        Oracle oracle = Oracle.of(trial);
        assertTrue(
                oracle.judge(results, 0x1p-23).ok(),
                () -> String.valueOf(oracle.judge(results, 0x1p-23).wrong()));
        int last = 2048 * 2100 - 1;
        double right = results.get(0)[last];
        results.get(0)[last] += 1;
        assertTrue(String.valueOf(oracle.judge(results, 0x1p-23).wrong()).startsWith("index " + last + ": got "));
        results.get(0)[last] = right;
        results.get(0)[2100] = Double.NaN;
        assertTrue(String.valueOf(oracle.judge(results, 0x1p-23).wrong()).startsWith("index 2100: got NaN"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1x2", "1x2x3x4", "1x2x0", "1x2x-3", "1x2x", "axbxc", "1x2x9999999999"})
    void anotherShapeIsRefused(String shape) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Trials.of(Family.MATMUL, shape));
        assertTrue(String.valueOf(e.getMessage()).contains("expected m x k x n, such as"), e.getMessage());
    }

    @Test
    void aDeviceOnPaperSaysWhatItWouldCall() {
        try (KernelLab lab = KernelLab.onPaper(90, Precision.F32);
                Operands operands = new Operands(lab.device(), DType.F32)) {
            Workload work = Trials.of(Family.MATMUL, "2048x64x2048").get(0).on(operands);
            assertEquals(Choice.version(1), lab.legal(work).get(lab.legal(work).size() - 1));
            KernelCall call = lab.calls(work, Choice.version(1)).get(0);
            assertEquals("matmul.cl", call.file());
            assertEquals("matmul_naive", call.kernel());
            assertEquals(List.of("-DREAL_IS_FLOAT=1"), call.options());
            assertEquals(20, call.arguments());
        }
    }
}
