package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EjmlBridgeTest {
    private final CpuDevice device =
            new CpuDevice(Provider.LOOPS, new Threads(1), 1 << 20, true, HeapBlocks.MAKER, false);

    @AfterEach
    void nothingStays() {
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().bytes().get());
        device.close();
    }

    @Test
    void kernelsWorkOnTheMatrixItself() {
        FMatrixRMaj matrix = new FMatrixRMaj(2, 3, true, 1, 2, 3, 4, 5, 6);
        Buffer buffer = EjmlBridge.wrap(device, matrix);
        assertEquals(DType.F32, buffer.dtype());
        assertEquals(6, buffer.size());
        Layout layout = Layout.contiguous(buffer, 6);
        device.run(new Elementwise(Code.AFFINE, 10, 1, new int[] {6}, layout, layout));
        assertArrayEquals(new float[] {11, 21, 31, 41, 51, 61}, matrix.data);
        matrix.set(0, 0, -1);
        float[] host = new float[6];
        device.read(buffer, host, 0, 6);
        assertEquals(-1, host[0], "a write between two workloads is seen");
        buffer.release();
        assertEquals(61, matrix.get(1, 2), "the matrix is not poisoned at the end");
        assertEquals(0, device.live().pooledBytes().get(), "its array does not enter the pool");
        try (var scope = device.scope()) {
            assertNotSame(matrix.data, CpuBuffer.f32(device.allocate(DType.F32, 6)));
        }
        assertThrows(IllegalStateException.class, () -> device.read(buffer, host, 0, 6));
    }

    @Test
    void aMatrixWithSpareRoomIsAsLargeAsItsElements() {
        DMatrixRMaj matrix = new DMatrixRMaj(10, 10);
        matrix.reshape(2, 2);
        Buffer buffer = EjmlBridge.wrap(device, matrix);
        assertEquals(4, buffer.size());
        assertThrows(IllegalArgumentException.class, () -> device.read(buffer, new double[9], 0, 9));
        buffer.release();
    }

    @Test
    void aWrappedMatrixIsAnOperandOfAProduct() {
        DMatrixRMaj a = new DMatrixRMaj(2, 2, true, 1, 2, 3, 4);
        DMatrixRMaj b = new DMatrixRMaj(2, 2, true, 5, 6, 7, 8);
        DMatrixRMaj c = new DMatrixRMaj(2, 2);
        Buffer[] buffers = {EjmlBridge.wrap(device, a), EjmlBridge.wrap(device, b), EjmlBridge.wrap(device, c)};
        device.run(new MatMul(1, 2, 2, 2, false, false, false, false, buffers[0], buffers[1], null, buffers[2]));
        assertArrayEquals(new double[] {19, 22, 43, 50}, c.data);
        for (Buffer buffer : buffers) {
            buffer.release();
        }
    }

    @Test
    void theSharedDeviceIsTheDefault() {
        Buffer one = EjmlBridge.wrap(new FMatrixRMaj(1, 1));
        Buffer two = EjmlBridge.wrap(new DMatrixRMaj(1, 1));
        assertEquals(CpuDevice.shared(), one.device());
        assertEquals(CpuDevice.shared(), two.device());
        one.release();
        two.release();
    }
}
