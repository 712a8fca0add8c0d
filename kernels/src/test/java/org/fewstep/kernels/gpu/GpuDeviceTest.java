package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.gpu.Wrapped.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuDeviceTest {
    @Test
    void copiesBetweenHostAndBuffers() {
        try (GpuDevice device = TestGpu.open(1 << 20, true);
                Scope scope = device.scope()) {
            Buffer f = device.allocate(DType.F32, 3);
            device.write(f, new double[] {9, 0.1, 2, 3}, 1, 3);
            float[] floats = new float[3];
            device.read(f, floats, 0, 3);
            assertArrayEquals(new float[] {0.1f, 2, 3}, floats);
            Buffer d = device.allocate(DType.F64, 3);
            device.write(d, new float[] {0.1f, 2, 3}, 0, 2);
            double[] doubles = new double[4];
            device.read(d, doubles, 1, 3);
            assertEquals(0.1f, doubles[1]);
            assertTrue(Double.isNaN(doubles[3]), "undefined content is poisoned");
            Buffer i = device.allocate(DType.I32, 2);
            device.write(i, new int[] {-7, 8}, 0, 2);
            int[] ints = new int[2];
            device.read(i, ints, 0, 2);
            assertArrayEquals(new int[] {-7, 8}, ints);
            assertThrows(IllegalArgumentException.class, () -> device.read(i, new float[2], 0, 2));
            assertThrows(IllegalArgumentException.class, () -> device.write(f, new float[4], 0, 4));
        }
    }

    @Test
    void copiesAreLargerThanTheStagingBuffer() {
        int n = (1 << 21) + 12_345;
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = i * 0.5;
        }
        try (GpuDevice device = TestGpu.open(0, false);
                Scope scope = device.scope()) {
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                Buffer buffer = device.allocate(dtype, n);
                device.write(buffer, values, 0, n);
                device.run(Elementwise.flat(Code.AFFINE, 2, 1, n, buffer, buffer));
                double[] back = new double[n];
                device.read(buffer, back, 0, n);
                for (int i = 0; i < n; i++) {
                    assertEquals((double) (float) (i + 1.0), back[i]);
                }
            }
        }
    }

    @Test
    void namesThatAreNotThereAreRefused() {
        TestGpu.driver().close();
        for (String name :
                List.of("opencl:99", "opencl:x", "opencl:-1", "opencl", "cuda:x", "cuda:-1", "cuda", "tpu:0")) {
            DeviceException e = assertThrows(DeviceException.class, () -> Devices.require(name));
            assertTrue(e.getMessage().contains("\"" + name + "\""), e.getMessage());
        }
        String kind = TestGpu.NAME.substring(0, TestGpu.NAME.indexOf(':'));
        assertTrue(Devices.require(TestGpu.NAME).fingerprint().startsWith(kind + "/"));
        assertTrue(Devices.list().stream().anyMatch(f -> f.name().equals(TestGpu.NAME) && f.usable()));
    }

    @Test
    void aFileThatDoesNotCompileIsShown() {
        try (GpuDevice device = TestGpu.open(
                        TestGpu.driver(),
                        file -> Source.of(file).replace("REAL sum = 0;", "REAL sum = nothing_of_that_name;"),
                        0,
                        false);
                Scope scope = device.scope()) {
            Buffer x = device.allocate(DType.F32, 1);
            KernelBuildError e = assertThrows(
                    KernelBuildError.class,
                    () -> device.run(new MatMul(1, 1, 1, 1, false, false, false, false, x, x, null, x)));
            assertTrue(e.getMessage().contains("matmul.cl"), e.getMessage());
            assertTrue(e.getMessage().contains("nothing_of_that_name"), e.getMessage());
            assertTrue(e.getMessage().contains("-DREAL_IS_FLOAT=1"), e.getMessage());
        }
    }

    @Test
    void closedDevicesRefuseWorkAndStillTakeBuffersBack() {
        GpuDevice device = TestGpu.open(1 << 20, false);
        Buffer kept = device.own(DType.F32, 5);
        device.close();
        assertThrows(IllegalStateException.class, () -> device.own(DType.F32, 5));
        kept.release();
        assertEquals(0, device.live().bytes().get());
        assertEquals(0, device.live().pooledBytes().get());
    }

    @Test
    void aHugeAllocationIsReportedAndLeavesTheDeviceUsable() {
        try (GpuDevice device = TestGpu.open(1 << 20, false);
                Scope scope = device.scope()) {
            DeviceOutOfMemory e =
                    assertThrows(DeviceOutOfMemory.class, () -> device.allocate(DType.F64, Integer.MAX_VALUE));
            assertTrue(e.getMessage().contains(TestGpu.NAME), e.getMessage());
            assertEquals(3, sum(device, 1, 2));
        }
    }

    private static double sum(GpuDevice device, double... values) {
        Buffer x = device.allocate(DType.F64, values.length);
        device.write(x, values, 0, values.length);
        Buffer y = device.allocate(DType.F64, 1);
        device.run(new Reduce(Reduce.Code.SUM, 1, values.length, 1, 1, x, y));
        double[] result = new double[1];
        device.read(y, result, 0, 1);
        return result[0];
    }

    /** A product, its activation, a sum and an optimizer step; returns the parameter after it. */
    private static double step(GpuDevice device) {
        try (Slots slots = new Slots(device, DType.F32, 4);
                Scope scope = device.scope()) {
            Slot decay = slots.add(1);
            Slot rate = slots.add(0.5);
            Slot root = slots.add(1);
            Slot adaptive = slots.add(0);
            slots.stage();
            Buffer[] x = new Buffer[6];
            for (int i = 0; i < x.length; i++) {
                x[i] = device.allocate(DType.F32, 16);
                device.write(x[i], new double[16], 0, 16);
            }
            device.run(Elementwise.flat(Code.FILL, 2, 0, 16, x[0]));
            device.run(new MatMul(1, 4, 4, 4, false, false, false, false, x[0], x[0], null, x[1]));
            device.run(Update.gradNorm(List.of(x[1]), decay, x[2]));
            device.run(Elementwise.flat(Code.FILL, 1, 0, 16, x[2]));
            device.run(Update.adam(
                    List.of(x[0]),
                    List.of(x[1]),
                    List.of(x[3]),
                    List.of(x[4]),
                    decay,
                    rate,
                    root,
                    adaptive,
                    0,
                    0,
                    1,
                    x[2]));
            float[] result = new float[1];
            device.read(x[0], result, 0, 1);
            return result[0];
        }
    }

    private static final double STEPPED = 2 - 0.5 * 16;

    private static void assertNothingLeft(GpuDevice device, String when) {
        assertEquals(0, device.live().bytes().get(), when);
        assertEquals(0, device.live().buffers().get(), when);
        assertEquals(0, device.live().scopes().get(), when);
        assertEquals(0, device.live().blocks().get(), when);
    }

    /** Allocations, copies both ways, launches, flushes and waits, of which a device that has compiled makes its steps. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailureAnywhereLeavesNothingBehind(boolean poison) {
        Wrapped driver = new Wrapped(TestGpu.driver());
        try (GpuDevice device = TestGpu.open(driver, Source::of, 0, poison)) {
            assertEquals(STEPPED, step(device));
            driver.fail(-1);
            assertEquals(STEPPED, step(device));
            int calls = driver.calls();
            assertTrue(calls > 30, "calls: " + calls);
            for (int k = 0; k < calls; k++) {
                driver.fail(k);
                assertThrows(DeviceException.class, () -> step(device), "call " + k);
                driver.fail(-1);
                assertNothingLeft(device, "after a failure of call " + k);
            }
            assertEquals(STEPPED, step(device));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"COMPILE", "FUNCTION"})
    void aFailureOfACompilationLeavesNothingBehind(Call call) {
        int calls = 1;
        for (int k = -1; k < calls; k++) {
            Wrapped driver = new Wrapped(TestGpu.driver());
            Programs programs = new Programs(driver, new ProgramCache(null), Source::of);
            GpuDevice device = new GpuDevice("opencl:0", driver, programs, Choices.STANDARD, 0, false);
            try (device) {
                driver.fail(k, call);
                if (k < 0) {
                    assertEquals(STEPPED, step(device));
                    calls = driver.calls();
                    assertTrue(calls > 2, "calls: " + calls);
                } else {
                    assertThrows(DeviceException.class, () -> step(device), "call " + k);
                    assertNothingLeft(device, "after a failure of call " + k);
                    assertEquals(STEPPED, step(device), "after a failure of call " + k);
                }
                assertEquals(driver.programs().size(), device.live().programs().get());
                assertEquals(
                        driver.functions().size(), device.live().functions().get());
            }
            assertAllReleased(device, driver);
        }
    }

    private static void assertAllReleased(GpuDevice device, Wrapped driver) {
        assertNothingLeft(device, "after the end");
        assertEquals(0, device.live().programs().get());
        assertEquals(0, device.live().functions().get());
        assertEquals(Set.of(), driver.handles());
    }

    @Test
    void everythingIsReleasedAtTheEndWhateverFails() {
        for (Call call : new Call[] {null, Call.SYNCHRONIZE, Call.RELEASE}) {
            Wrapped driver = new Wrapped(TestGpu.driver());
            GpuDevice device = TestGpu.open(driver, Source::of, 1 << 20, false);
            step(device);
            assertTrue(device.live().blocks().get() > 0);
            assertTrue(device.live().programs().get() > 0);
            if (call == null) {
                device.close();
            } else {
                driver.fail(0, call);
                assertThrows(DeviceException.class, device::close);
            }
            assertAllReleased(device, driver);
            device.close();
        }
    }

    /** Sizes that are all different, some of them beyond the cap, so that blocks come and go all the time. */
    @Test
    void tenThousandShapesKeepTheCap() {
        int cap = 1 << 16;
        try (GpuDevice device = TestGpu.open(cap, false)) {
            for (int i = 0; i < 10_000; i++) {
                int size = 1 + i * 37 % 20_011;
                try (Scope scope = device.scope()) {
                    Buffer x = device.allocate(DType.F32, size);
                    device.run(Elementwise.flat(Code.FILL, i, 0, size, x));
                    assertTrue(device.live().pooledBytes().get() <= cap);
                    if (i % 1000 == 0) {
                        float[] got = new float[size];
                        device.read(x, got, 0, size);
                        assertEquals(i, got[size - 1]);
                    }
                }
                assertTrue(device.live().pooledBytes().get() <= cap);
                assertEquals(0, device.live().bytes().get());
            }
            assertTrue(device.live().blocks().get() > 0);
            device.trim();
            assertEquals(0, device.live().blocks().get());
        }
    }
}
