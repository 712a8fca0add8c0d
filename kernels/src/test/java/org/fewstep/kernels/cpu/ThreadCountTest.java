package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.fewstep.kernels.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One, two and three threads give the same bits; every block is shared, however small. */
class ThreadCountTest {
    private static final int ROWS = 300;

    @ParameterizedTest
    @CsvSource({"VECTOR, F32", "LOOPS, F32", "EJML, F32", "LOOPS, F64"})
    void bitsDoNotDependOnThreads(Provider provider, DType dtype) {
        long one = hash(provider, dtype, 1, ROWS);
        assertEquals(one, hash(provider, dtype, 2, ROWS));
        assertEquals(one, hash(provider, dtype, 3, ROWS));
        assertNotEquals(one, hash(provider, dtype, 1, ROWS - 1), "the hash does not see the data");
    }

    private static long hash(Provider provider, DType dtype, int threads, int rows) {
        try (CpuDevice device =
                new CpuDevice(provider, new Threads(threads, 0), 1 << 28, false, HeapBlocks.MAKER, false)) {
            return KernelTour.hash(device, dtype, rows);
        }
    }
}
