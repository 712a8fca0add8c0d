package org.fewstep.kernels.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.jspecify.annotations.Nullable;

/**
 * Arrays kept for reuse, sorted by dtype and size class: a fresh array costs 11 times as much as a pooled one at 4,096
 * elements.
 *
 * <p>There are four size classes an octave (16, 20, 24, 28, 32, 40, ...), so at most a fifth of a block is unused. At
 * the cap, blocks of the classes that were not used for the longest time go first.
 */
final class BlockPool {
    private static final int LARGEST = Integer.MAX_VALUE - 8;
    private static final int CLASSES = 4 * 28;

    /** Makes a new array; the seam where tests plant failures. */
    @FunctionalInterface
    interface Maker {
        Object make(DType dtype, int length);
    }

    private static final class Shelf {
        final ArrayDeque<Object> blocks = new ArrayDeque<>();
        final long bytesEach;
        long lastUse;

        Shelf(long bytesEach) {
            this.bytesEach = bytesEach;
        }
    }

    private final Shelf[][] shelves = new Shelf[DType.values().length][];
    private final Maker maker;
    private final long cap;
    private final AtomicLong pooledBytes;
    private final boolean poison;
    private long clock;

    /**
     * Makes an empty pool.
     *
     * @param cap most bytes to keep
     * @param pooledBytes counter of the bytes kept
     * @param poison fill blocks with NaN while nobody owns them
     */
    BlockPool(Maker maker, long cap, AtomicLong pooledBytes, boolean poison) {
        this.maker = maker;
        this.cap = cap;
        this.pooledBytes = pooledBytes;
        this.poison = poison;
        for (DType dtype : DType.values()) {
            Shelf[] classes = new Shelf[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                classes[c] = new Shelf((long) lengthOf(c) * dtype.bytes());
            }
            shelves[dtype.ordinal()] = classes;
        }
    }

    /** An array from the Java heap. */
    static Object heap(DType dtype, int length) {
        return switch (dtype) {
            case F32 -> new float[length];
            case F64 -> new double[length];
            case I32 -> new int[length];
        };
    }

    /** Index of the smallest class that holds {@code size} elements. */
    static int classOf(int size) {
        if (size <= 16) {
            return 0;
        }
        int octave = 31 - Integer.numberOfLeadingZeros(size - 1);
        int quarter = (size - 1) >>> (octave - 2) & 3;
        return 4 * (octave - 4) + quarter + 1;
    }

    /** Number of elements of a class's blocks. */
    static int lengthOf(int sizeClass) {
        long length = (4L + sizeClass % 4) << (2 + sizeClass / 4);
        return (int) Math.min(length, LARGEST);
    }

    /** Bytes of the block that holds {@code size} elements. */
    static long bytesOf(DType dtype, int size) {
        return (long) lengthOf(classOf(size)) * dtype.bytes();
    }

    /**
     * Gives a block of at least {@code size} elements with undefined content.
     *
     * @throws DeviceOutOfMemory when the heap has no room even after a trim
     */
    Object take(DType dtype, int size) {
        int sizeClass = classOf(size);
        Object block;
        synchronized (this) {
            Shelf shelf = shelf(dtype, sizeClass);
            shelf.lastUse = ++clock;
            block = shelf.blocks.pollLast();
            if (block != null) {
                pooledBytes.addAndGet(-shelf.bytesEach);
            }
        }
        if (block == null) {
            int length = Math.max(size, lengthOf(sizeClass));
            try {
                block = maker.make(dtype, length);
            } catch (OutOfMemoryError first) {
                trim();
                try {
                    block = maker.make(dtype, length);
                } catch (OutOfMemoryError second) {
                    throw new DeviceOutOfMemory(
                            "allocate: got no room for " + size + " elements of " + dtype + " ("
                                    + (long) length * dtype.bytes() + " bytes) on cpu; expected free heap; use a"
                                    + " smaller batch or a larger -Xmx",
                            second);
                }
            }
            poison(block);
        }
        return block;
    }

    /** Keeps a block for reuse. */
    void giveBack(DType dtype, int size, Object block) {
        poison(block);
        synchronized (this) {
            Shelf shelf = shelf(dtype, classOf(size));
            shelf.lastUse = ++clock;
            if (shelf.bytesEach > cap) {
                return;
            }
            while (pooledBytes.get() + shelf.bytesEach > cap) {
                dropOldest();
            }
            shelf.blocks.addLast(block);
            pooledBytes.addAndGet(shelf.bytesEach);
        }
    }

    /** Drops all blocks. */
    synchronized void trim() {
        for (Shelf[] classes : shelves) {
            for (Shelf shelf : classes) {
                pooledBytes.addAndGet(-shelf.bytesEach * shelf.blocks.size());
                shelf.blocks.clear();
            }
        }
    }

    /** Gives all blocks to another pool and returns their bytes. */
    long drainTo(BlockPool other) {
        long bytes = 0;
        for (DType dtype : DType.values()) {
            for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
                for (Object block = poll(dtype, sizeClass); block != null; block = poll(dtype, sizeClass)) {
                    other.giveBack(dtype, lengthOf(sizeClass), block);
                    bytes += (long) lengthOf(sizeClass) * dtype.bytes();
                }
            }
        }
        return bytes;
    }

    private synchronized @Nullable Object poll(DType dtype, int sizeClass) {
        Shelf shelf = shelf(dtype, sizeClass);
        Object block = shelf.blocks.pollLast();
        if (block != null) {
            pooledBytes.addAndGet(-shelf.bytesEach);
        }
        return block;
    }

    private Shelf shelf(DType dtype, int sizeClass) {
        return shelves[dtype.ordinal()][sizeClass];
    }

    private void dropOldest() {
        Shelf oldest = null;
        for (Shelf[] classes : shelves) {
            for (Shelf shelf : classes) {
                if (!shelf.blocks.isEmpty() && (oldest == null || shelf.lastUse < oldest.lastUse)) {
                    oldest = shelf;
                }
            }
        }
        if (oldest == null) {
            throw new IllegalStateException("pool: got " + pooledBytes + " counted bytes and no block");
        }
        oldest.blocks.pollFirst();
        pooledBytes.addAndGet(-oldest.bytesEach);
    }

    private void poison(Object block) {
        if (!poison) {
            return;
        }
        if (block instanceof float[] f) {
            Arrays.fill(f, Float.NaN);
        } else if (block instanceof double[] d) {
            Arrays.fill(d, Double.NaN);
        } else if (block instanceof int[] i) {
            Arrays.fill(i, Integer.MIN_VALUE);
        }
    }
}
