package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Precision;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The versions for tensor cores on the CUDA device that there is, otherwise on the simulator, races looked for. */
@Tag("opencl")
@Tag("cuda-simulated")
class TensorCoreTest {
    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> everyCheck() throws IOException, InterruptedException {
        return real() ? inPlace() : simulated();
    }

    private static boolean real() {
        if (CudaSimulator.missing().isEmpty()) {
            return false;
        }
        try {
            return CudaDriver.find().get(0).facts().tensorCores();
        } catch (DeviceException e) {
            return false;
        }
    }

    private static List<DynamicTest> inPlace() {
        List<DynamicTest> tests = new ArrayList<>();
        new TensorCoreChecks(() -> new CudaDriver(CudaDriver.find().get(0)), false)
                .all()
                .forEach((name, check) -> tests.add(dynamicTest(name, check::run)));
        return tests;
    }

    private List<DynamicTest> simulated() throws IOException, InterruptedException {
        Optional<String> missing = CudaSimulator.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        Process process = CudaSimulator.start(
                Map.of("FEWSTEP_SIM_CHECK", "races", "FEWSTEP_SIM_ORDER", "shuffled:1"),
                TensorCoreRun.class,
                CudaSimulator.compiler().toString(),
                folder.toString());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        Map<String, String> outcomes = new TreeMap<>();
        for (String line : output.lines().toList()) {
            int end = line.indexOf(": ");
            if (line.startsWith("planted: ")) {
                end = line.lastIndexOf(": ");
            }
            if (end > 0) {
                outcomes.put(line.substring(0, end), line.substring(end + 2));
            }
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : new TensorCoreChecks(() -> null, true).all().keySet()) {
            tests.add(dynamicTest(name, () -> {
                assertNotNull(outcomes.get(name), output);
                assertEquals(TensorCoreRun.GOOD, outcomes.get(name), output);
            }));
        }
        return tests;
    }

    @Test
    void otherDevicesRefuseLessThanF32() {
        for (Precision precision : new Precision[] {Precision.TF32, Precision.BF16}) {
            DeviceException e = assertThrows(DeviceException.class, () -> Devices.require("cpu", precision));
            assertTrue(String.valueOf(e.getMessage()).startsWith("precision: got " + precision.label() + " on cpu; "));
            for (Driver.Backend backend : Driver.Backend.values()) {
                Driver old = new PaperDriver(new Driver.Facts("old", "", backend, 75, false, true, 1, 1 << 20));
                assertThrows(
                        DeviceException.class,
                        () -> new GpuDevice(
                                "paper:0",
                                old,
                                new Programs(old, new ProgramCache(null), file -> ""),
                                Choices.STANDARD,
                                precision,
                                0,
                                false));
            }
        }
    }
}
