package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.cpu.KernelContract;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of every family on the OpenCL or CUDA device, as it is and as if it were a GPU of few and of many units, which
 * chooses other versions and launches; nothing stays allocated.
 */
@Tag("opencl")
class GpuContractTest {
    private static final int FEW = 1;
    private static final int MANY = 1 << 30;

    /**
     * Versions of matmul and of conv2d behind these are for tensor cores, and all but the first of
     * attention's run on CUDA alone.
     */
    private static final int PLAIN_PRODUCTS = 4;

    private static final int PLAIN_CONVOLUTIONS = 3;

    /** Families whose kernels on a GPU are a processor's, in other launches: one type is enough for these. */
    private static final Set<Family> ALIKE = EnumSet.of(
            Family.ELEMENTWISE,
            Family.COMBINE,
            Family.SCAN,
            Family.ATTENTION,
            Family.GATHER,
            Family.RANDOM,
            Family.UPDATE);

    @TestFactory
    List<DynamicTest> everyKernel() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Family family : Family.values()) {
            for (DType dtype : new DType[] {DType.F64, DType.F32}) {
                tests.add(test(family, dtype, TestGpu.NAME, TestGpu::driver));
                if (dtype == DType.F32 || !ALIKE.contains(family)) {
                    tests.add(test(family, dtype, "a GPU", () -> Wrapped.asGpu(TestGpu.driver(), FEW)));
                }
            }
        }
        for (DType dtype : new DType[] {DType.F64, DType.F32}) {
            for (Family family : new Family[] {Family.MATMUL, Family.CONV2D}) {
                tests.add(test(family, dtype, "a large GPU", () -> Wrapped.asGpu(TestGpu.driver(), MANY)));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyVersion() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Family family : Family.values()) {
            int versions = switch (family) {
                case MATMUL -> PLAIN_PRODUCTS;
                case CONV2D -> PLAIN_CONVOLUTIONS;
                case ATTENTION -> 1;
                default -> GpuKernels.versions(family);
            };
            // Two are this device's default and a GPU's, which ran above.
            for (int version = 1; versions > 2 && version <= versions; version++) {
                Choice choice = Choice.version(version);
                for (DType dtype : new DType[] {DType.F64, DType.F32}) {
                    tests.add(dynamicTest(
                            family + " " + choice + " " + dtype + " on " + TestGpu.NAME,
                            () -> check(family, choice, dtype)));
                }
            }
        }
        return tests;
    }

    private static void check(Family family, Choice choice, DType dtype) {
        int[] times = new int[1];
        Choices choices = (work, legal) -> {
            if (work.family() == family && legal.contains(choice)) {
                times[0]++;
                return choice;
            }
            return legal.get(0);
        };
        try (GpuDevice device = TestGpu.open(TestGpu.driver(), Source::of, choices, 1 << 28, true)) {
            KernelContract.check(family, device, dtype);
        }
        assertTrue(times[0] > 0, choice + " was never legal");
    }

    private static DynamicTest test(Family family, DType dtype, String where, Supplier<Driver> driver) {
        return dynamicTest(family + " " + dtype + " on " + where, () -> check(family, dtype, driver));
    }

    private static void check(Family family, DType dtype, Supplier<Driver> driver) {
        try (GpuDevice device = TestGpu.open(driver.get(), Source::of, 1 << 28, true)) {
            KernelContract.check(family, device, dtype);
            assertEquals(0, device.live().buffers().get());
            assertEquals(0, device.live().bytes().get());
            assertEquals(0, device.live().scopes().get());
            device.close();
            assertEquals(0, device.live().blocks().get());
            assertEquals(0, device.live().programs().get());
            assertEquals(0, device.live().functions().get());
        }
    }
}
