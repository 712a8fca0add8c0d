package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.cpu.KernelContract;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of every family on the OpenCL device, both dtypes; nothing stays allocated. */
class GpuContractTest {
    @TestFactory
    List<DynamicTest> everyKernel() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Family family : Family.values()) {
            for (DType dtype : new DType[] {DType.F64, DType.F32}) {
                tests.add(dynamicTest(family + " " + dtype + " on opencl:0", () -> check(family, dtype)));
            }
        }
        return tests;
    }

    private static void check(Family family, DType dtype) {
        try (GpuDevice device = OpenCl.open(1 << 28, true)) {
            KernelContract.check(family, device, dtype);
            assertEquals(0, device.live().buffers().get());
            assertEquals(0, device.live().bytes().get());
            assertEquals(0, device.live().scopes().get());
        }
    }
}
