package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuDeviceTest {
    private final CpuDevice device =
            new CpuDevice(Provider.LOOPS, new Threads(1), 1 << 20, true, HeapBlocks.MAKER, false);

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void copiesBetweenHostAndBuffers() {
        try (Scope scope = device.scope()) {
            Buffer f = device.allocate(DType.F32, 3);
            device.write(f, new double[] {9, 0.1, 2, 3}, 1, 3);
            double[] doubles = new double[4];
            device.read(f, doubles, 1, 3);
            assertArrayEquals(new double[] {0, 0.1f, 2, 3}, doubles);
            device.write(f, new float[] {7}, 0, 1);
            float[] floats = new float[3];
            device.read(f, floats, 0, 3);
            assertArrayEquals(new float[] {7, 2, 3}, floats);

            Buffer d = device.allocate(DType.F64, 2);
            device.write(d, new float[] {0.1f, 2}, 0, 2);
            device.read(d, doubles, 0, 2);
            assertEquals(0.1f, doubles[0]);
            device.write(d, new double[] {0.1, 2}, 0, 2);
            device.read(d, floats, 0, 2);
            assertEquals(0.1f, floats[0]);

            Buffer i = device.allocate(DType.I32, 2);
            device.write(i, new int[] {5, -6}, 0, 2);
            int[] ints = new int[2];
            device.read(i, ints, 0, 2);
            assertArrayEquals(new int[] {5, -6}, ints);
            assertThrows(IllegalArgumentException.class, () -> device.write(i, new float[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> device.write(i, new double[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> device.read(i, floats, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> device.read(i, doubles, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> device.read(f, ints, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> device.write(f, ints, 0, 1));
        }
    }

    @Test
    void refusesRangesOutsideEitherSide() {
        try (Scope scope = device.scope()) {
            Buffer f = device.allocate(DType.F32, 3);
            float[] host = new float[5];
            assertThrows(IllegalArgumentException.class, () -> device.write(f, host, 0, 4));
            assertThrows(IllegalArgumentException.class, () -> device.write(f, host, 3, 3));
            assertThrows(IllegalArgumentException.class, () -> device.read(f, host, -1, 1));
            assertThrows(IllegalArgumentException.class, () -> device.read(f, host, 0, -1));
            assertThrows(IllegalArgumentException.class, () -> device.read(f, host, Integer.MAX_VALUE, 3));
        }
    }

    @Test
    void countersFollowBuffers() {
        try (Scope scope = device.scope()) {
            Buffer own = device.own(DType.F64, 17);
            device.allocate(DType.F32, 16);
            assertEquals(2, device.live().buffers().get());
            assertEquals(20 * 8 + 16 * 4, device.live().bytes().get());
            assertEquals(1, device.live().scopes().get());
            own.release();
            assertEquals(20 * 8, device.live().pooledBytes().get());
        }
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().bytes().get());
        assertEquals(0, device.live().scopes().get());
        device.trim();
        assertEquals(0, device.live().pooledBytes().get());
    }

    @Test
    void undefinedContentIsPoisonedWhenAsked() {
        try (Scope scope = device.scope()) {
            double[] host = new double[4];
            device.read(device.allocate(DType.F32, 4), host, 0, 4);
            assertTrue(Double.isNaN(host[0]));
        }
    }

    @Test
    void aDeadBufferIsRefusedEverywhere() {
        Buffer x;
        Workloads work;
        try (Scope scope = device.scope()) {
            x = device.allocate(DType.F32, 2);
            work = new Workloads(x, device.allocate(DType.F32, 2));
        }
        float[] host = new float[2];
        assertThrows(IllegalStateException.class, () -> device.read(x, host, 0, 2));
        assertThrows(IllegalStateException.class, () -> device.write(x, host, 0, 2));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> device.run(work.neg()));
        assertTrue(e.getMessage().startsWith("neg: got a F32 buffer of 2 elements"), e.getMessage());
        assertThrows(IllegalStateException.class, x::release);
    }

    /** A workload made while its buffers were alive. */
    private record Workloads(Elementwise neg) {
        Workloads(Buffer x, Buffer y) {
            this(new Elementwise(Code.NEG, 0, 0, new int[] {2}, Layout.contiguous(y, 2), Layout.contiguous(x, 2)));
        }
    }

    @Test
    void buffersOfAnotherDeviceAreRefused() {
        try (CpuDevice other = new CpuDevice(Provider.EJML, 1);
                Scope scope = device.scope();
                Scope elsewhere = other.scope()) {
            Buffer here = device.allocate(DType.F32, 2);
            Buffer there = other.allocate(DType.F32, 2);
            assertThrows(IllegalArgumentException.class, () -> new Workloads(here, there));
            Elementwise work = new Workloads(there, there).neg();
            assertThrows(IllegalArgumentException.class, () -> device.run(work));
            assertThrows(IllegalArgumentException.class, () -> device.read(there, new float[2], 0, 2));
        }
    }

    @Test
    void indicesAreCopiedAndFilledOnly() {
        try (Scope scope = device.scope()) {
            Buffer x = device.allocate(DType.I32, 6);
            device.write(x, new int[] {1, 2, 3, 4, 5, 6}, 0, 6);
            Buffer y = device.allocate(DType.I32, 6);
            int[] shape = {2, 3};
            device.run(new Elementwise(
                    Code.COPY, 0, 0, shape, Layout.contiguous(y, shape), new Layout(x, 0, new int[] {1, 2})));
            int[] host = new int[6];
            device.read(y, host, 0, 6);
            assertArrayEquals(new int[] {1, 3, 5, 2, 4, 6}, host);
            device.run(new Elementwise(Code.FILL, 8, 0, new int[] {2}, new Layout(y, 1, new int[] {3})));
            device.run(new Elementwise(Code.FILL, 9, 0, new int[] {1}, Layout.contiguous(y, 1)));
            device.read(y, host, 0, 6);
            assertArrayEquals(new int[] {9, 8, 5, 2, 8, 6}, host);
            Elementwise neg =
                    new Elementwise(Code.NEG, 0, 0, new int[] {6}, Layout.contiguous(y, 6), Layout.contiguous(x, 6));
            assertThrows(DeviceException.class, () -> device.run(neg));
            assertThrows(IllegalArgumentException.class, () -> new Reduce(Reduce.Code.SUM, 1, 6, 1, 1, x, y));
        }
    }

    @Test
    void ejmlCountsItsFlops() {
        for (Provider provider : Provider.values()) {
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                try (CpuDevice mine = new CpuDevice(provider, 2);
                        Scope scope = mine.scope()) {
                    Buffer a = new Blocks(mine, dtype).of(new double[2 * 70 * 20]);
                    Buffer b = new Blocks(mine, dtype).of(new double[2 * 20 * 3]);
                    Buffer c = mine.allocate(dtype, 2 * 70 * 3);
                    mine.run(new MatMul(2, 70, 3, 20, false, false, false, false, a, b, b, c));
                    long flops = 2L * 2 * 70 * 3 * 20;
                    assertEquals(flops, mine.live().matMulFlops().get());
                    boolean ejml = dtype == DType.F64 || provider == Provider.EJML;
                    assertEquals(ejml ? flops : 0, mine.live().ejmlFlops().get());
                }
            }
        }
    }

    @Test
    void hugeAllocationsAreReportedAndLeaveTheDeviceUsable() {
        try (Scope scope = device.scope()) {
            assertThrows(DeviceOutOfMemory.class, () -> device.allocate(DType.F64, Integer.MAX_VALUE));
            assertThrows(IllegalArgumentException.class, () -> device.allocate(DType.F64, -1));
            assertEquals(0, device.live().buffers().get());
            assertEquals(4, device.allocate(DType.F32, 4).size());
        }
    }

    @Test
    void closedDevicesRefuseWorkAndStillTakeBuffersBack() {
        CpuDevice mine = new CpuDevice(Provider.LOOPS, 2);
        Buffer x = mine.own(DType.F32, 4);
        Elementwise work = new Elementwise(Code.FILL, 1, 0, new int[] {4}, Layout.contiguous(x, 4));
        mine.close();
        assertThrows(IllegalStateException.class, () -> mine.run(work));
        assertThrows(IllegalStateException.class, () -> mine.own(DType.F32, 1));
        assertThrows(IllegalStateException.class, () -> mine.read(x, new float[4], 0, 4));
        assertThrows(IllegalStateException.class, mine::warmUp);
        x.release();
        assertEquals(0, mine.live().buffers().get());
        mine.close();
    }

    @Test
    void theSharedDeviceOutlivesClose() {
        CpuDevice shared = CpuDevice.shared();
        assertSame(shared, Devices.require("cpu"));
        shared.close();
        shared.own(DType.F32, 1).release();
        assertTrue(shared.fingerprint().startsWith("cpu/"));
        assertThrows(DeviceException.class, () -> Devices.require("cuda:0"));
    }

    @Test
    void providersAreNamed() {
        assertEquals(Provider.LOOPS, Provider.of("loops"));
        assertEquals(Provider.EJML, Provider.of("ejml"));
        assertEquals(Provider.VECTOR, Provider.of("vector"));
        assertEquals(Provider.VECTOR, Provider.best());
        assertTrue(Provider.VECTOR.fingerprint().matches("vector/[0-9]+"), Provider.VECTOR.fingerprint());
        DeviceException e = assertThrows(DeviceException.class, () -> Provider.of("blas"));
        assertTrue(e.getMessage().contains("expected vector, loops or ejml"), e.getMessage());
        assertEquals("cpu/loops", device.fingerprint());
        assertEquals("cpu", device.name());
    }

    @Test
    void warmUpLeavesNothingBehindAndChangesNothing() {
        long before = KernelTour.hash(device, DType.F32, 5);
        device.warmUp();
        device.warmUp();
        assertEquals(before, KernelTour.hash(device, DType.F32, 5));
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().scopes().get());
    }

    @Test
    void manyThreadsShareADevice() throws Exception {
        try (CpuDevice mine = new CpuDevice(Provider.LOOPS, 2)) {
            long expected = KernelTour.hash(mine, DType.F32, 200);
            long[] hashes = new long[4];
            Thread[] threads = new Thread[hashes.length];
            for (int t = 0; t < threads.length; t++) {
                int slot = t;
                threads[t] = new Thread(() -> {
                    for (int again = 0; again < 3; again++) {
                        hashes[slot] = KernelTour.hash(mine, DType.F32, 200);
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (long hash : hashes) {
                assertEquals(expected, hash);
            }
            assertEquals(0, mine.live().buffers().get());
            assertNotEquals(expected, KernelTour.hash(mine, DType.F32, 199));
        }
    }

    @Test
    void deviceIsADevice() {
        Device any = device;
        any.synchronize();
        assertTrue(device.threads() >= 1);
    }
}
