package org.fewstep.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.fewstep.io.JsonCursor;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden file as one test named FAMILY/FILE, in F64 and, unless it means nothing there, in F32.
 *
 * <p>{@code -Dgolden.dir=} a folder of families; {@code -Dgolden.families=a,b} limits the run; {@code -Dgolden.device=}
 * cpu, opencl:i or cuda:i. A file without adapter fails. The run ends with the line {@code golden: P passed, F failed, S
 * skipped}, in files.
 */
class GoldenTest {
    private static final AtomicInteger PASSED = new AtomicInteger();
    private static final AtomicInteger FAILED = new AtomicInteger();
    private static final AtomicInteger SKIPPED = new AtomicInteger();
    private static final AtomicInteger F64_ONLY = new AtomicInteger();
    private static final AtomicInteger[] ARRAYS = {new AtomicInteger(), new AtomicInteger()};

    @TestFactory
    List<DynamicTest> cases() {
        Device device = Devices.require(System.getProperty("golden.device", "cpu"));
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenCases.Case one : found()) {
            tests.add(DynamicTest.dynamicTest(one.name(), () -> {
                try {
                    check(one, device);
                    PASSED.incrementAndGet();
                } catch (AssertionError | RuntimeException e) {
                    FAILED.incrementAndGet();
                    throw new AssertionError(one.name() + ": " + e.getMessage(), e);
                }
            }));
        }
        return tests;
    }

    private static List<GoldenCases.Case> found() {
        try {
            return GoldenCases.in(GoldenCases.folder(), GoldenCases.families());
        } catch (AssertionError e) {
            FAILED.incrementAndGet();
            throw e;
        }
    }

    private static void check(GoldenCases.Case one, Device device) {
        Adapter adapter = Adapters.of(one.family(), one.file());
        JsonCursor root = JsonCursor.root(one.read(), one.path().toString());
        ARRAYS[0].addAndGet(check(adapter, root, device, DType.F64));
        if (adapter.f64Only()) {
            F64_ONLY.incrementAndGet();
        } else {
            ARRAYS[1].addAndGet(check(adapter, root, device, DType.F32));
        }
    }

    private static int check(Adapter adapter, JsonCursor root, Device device, DType dtype) {
        long buffers = device.live().buffers().get();
        int compared;
        try (Scope scope = device.scope()) {
            compared = GoldenRun.check(adapter, root, device, dtype);
        }
        assertTrue(compared > 0, "nothing compared in " + dtype);
        assertEquals(buffers, device.live().buffers().get(), "buffers leaked in " + dtype);
        return compared;
    }

    @AfterAll
    static void report() {
        System.out.println("golden: compared " + ARRAYS[0] + " arrays in F64, " + ARRAYS[1] + " in F32; " + F64_ONLY
                + " files are F64 only");
        System.out.println("golden: " + PASSED + " passed, " + FAILED + " failed, " + SKIPPED + " skipped");
    }
}
