package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of every family on every provider, both dtypes, one and two threads; nothing stays allocated. */
class KernelContractTest {
    @TestFactory
    List<DynamicTest> everyKernel() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Family family : Family.values()) {
            tests.add(test(family, DType.F64, Provider.LOOPS, 1));
            tests.add(test(family, DType.F64, Provider.LOOPS, 2));
            tests.add(test(family, DType.F32, Provider.VECTOR, 1));
            tests.add(test(family, DType.F32, Provider.VECTOR, 2));
            tests.add(test(family, DType.F32, Provider.LOOPS, 1));
            tests.add(test(family, DType.F32, Provider.LOOPS, 2));
            tests.add(test(family, DType.F32, Provider.EJML, 2));
        }
        return tests;
    }

    private static DynamicTest test(Family family, DType dtype, Provider provider, int threads) {
        String name = family + " " + dtype + " on " + provider.label() + " with " + threads + " threads";
        return dynamicTest(name, () -> check(family, dtype, provider, threads));
    }

    private static void check(Family family, DType dtype, Provider provider, int threads) {
        try (CpuDevice device =
                new CpuDevice(provider, new Threads(threads, 10_000), 1 << 28, true, HeapBlocks.MAKER, false)) {
            KernelContract.check(family, device, dtype);
            assertEquals(0, device.live().buffers().get());
            assertEquals(0, device.live().bytes().get());
            assertEquals(0, device.live().scopes().get());
        }
    }
}
