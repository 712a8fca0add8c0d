package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.fewstep.kernels.BlockPool;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
    private final AtomicLong pooled = new AtomicLong();

    private BlockPool pool(long cap) {
        return new BlockPool(HeapBlocks.MAKER, "cpu", "use less", cap, pooled, false);
    }

    @Test
    void classesCoverAllSizesWithLittleWaste() {
        for (int size = 0; size < 100_000; size++) {
            int length = BlockPool.lengthOf(BlockPool.classOf(size));
            assertTrue(length >= size, "size " + size);
            assertTrue(length <= Math.max(16, size * 1.25), "size " + size);
            if (BlockPool.classOf(size) > 0) {
                assertTrue(BlockPool.lengthOf(BlockPool.classOf(size) - 1) < size, "size " + size);
            }
        }
        for (int shift = 5; shift < 31; shift++) {
            for (int near = -2; near <= 2; near++) {
                int size = (1 << shift) + near;
                assertTrue(BlockPool.lengthOf(BlockPool.classOf(size)) >= size, "size " + size);
            }
        }
        assertTrue(BlockPool.lengthOf(BlockPool.classOf(Integer.MAX_VALUE)) > 0);
    }

    @Test
    void aBlockComesBackForItsClassAndDType() {
        BlockPool pool = pool(1 << 20);
        Object block = pool.take(DType.F32, 100);
        assertEquals(112, ((float[]) block).length);
        pool.giveBack(DType.F32, 100, block);
        assertEquals(112 * 4, pooled.get());
        assertNotSame(block, pool.take(DType.F32, 120));
        assertTrue(pool.take(DType.I32, 100) instanceof int[]);
        assertTrue(pool.take(DType.F64, 100) instanceof double[]);
        assertSame(block, pool.take(DType.F32, 110));
        assertEquals(0, pooled.get());
    }

    @Test
    void theCapDropsTheClassUnusedForLongest() {
        BlockPool pool = pool(100 * 1024);
        Object old = pool.take(DType.F32, 4096);
        Object recent = pool.take(DType.F32, 8192);
        pool.giveBack(DType.F32, 4096, old);
        pool.giveBack(DType.F32, 8192, recent);
        Object large = pool.take(DType.F64, 7000);
        pool.giveBack(DType.F64, 7000, large);
        assertTrue(pooled.get() <= 100 * 1024);
        assertNotSame(old, pool.take(DType.F32, 4096));
        assertSame(recent, pool.take(DType.F32, 8192));
        assertSame(large, pool.take(DType.F64, 7000));
        pool.giveBack(DType.F64, 100_000, new double[114_688]);
        assertEquals(0, pooled.get(), "a block above the cap is not kept");
    }

    @Test
    void trimDropsAll() {
        BlockPool pool = pool(1 << 20);
        Object block = pool.take(DType.F64, 64);
        pool.giveBack(DType.F64, 64, block);
        pool.trim();
        assertEquals(0, pooled.get());
        assertNotSame(block, pool.take(DType.F64, 64));
    }

    @Test
    void outOfMemoryTrimsAndTriesOnceMore() {
        List<Long> pooledAtFailure = new ArrayList<>();
        BlockPool pool = new BlockPool(
                (dtype, length) -> {
                    if (length > 1000) {
                        pooledAtFailure.add(pooled.get());
                        if (pooled.get() > 0) {
                            throw new OutOfMemoryError("planted");
                        }
                    }
                    return HeapBlocks.MAKER.make(dtype, length);
                },
                "cpu",
                "use less",
                1 << 20,
                pooled,
                false);
        pool.giveBack(DType.F32, 16, pool.take(DType.F32, 16));
        assertEquals(2048, ((float[]) pool.take(DType.F32, 2000)).length);
        assertEquals(List.of(64L, 0L), pooledAtFailure);
    }

    @Test
    void outOfMemoryTwiceIsReported() {
        BlockPool pool = new BlockPool(
                (dtype, length) -> {
                    throw new OutOfMemoryError("planted");
                },
                "cpu",
                "use less",
                1 << 20,
                pooled,
                false);
        DeviceOutOfMemory e = assertThrows(DeviceOutOfMemory.class, () -> pool.take(DType.F64, 300));
        assertTrue(e.getMessage().contains("300 elements of F64"), e.getMessage());
        assertTrue(e.getCause() instanceof OutOfMemoryError);
    }

    @Test
    void poisonFillsFreshAndReturnedBlocks() {
        BlockPool pool = new BlockPool(HeapBlocks.MAKER, "cpu", "use less", 1 << 20, pooled, true);
        float[] floats = (float[]) pool.take(DType.F32, 20);
        assertTrue(Float.isNaN(floats[0]) && Float.isNaN(floats[19]));
        double[] doubles = (double[]) pool.take(DType.F64, 20);
        doubles[7] = 3;
        pool.giveBack(DType.F64, 20, doubles);
        assertTrue(Double.isNaN(doubles[7]));
        assertEquals(Integer.MIN_VALUE, ((int[]) pool.take(DType.I32, 20))[5]);
    }
}
