package org.fewstep.kernels;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of a device's memory kept for reuse, sorted by dtype and size class. A fresh Java array costs 11 times as much as
 * a pooled one at 4,096 elements, and a fresh block on a GPU may wait for all work there.
 *
 * <p>There are four size classes an octave (16, 20, 24, 28, 32, 40, ...), so at most a fifth of a block is unused. At
 * the cap, blocks of the classes that were not used for the longest time go first.
 */
public final class BlockPool {
    private static final int LARGEST = Integer.MAX_VALUE - 8;
    private static final int CLASSES = 4 * 28;

    /** Makes and drops a device's blocks; the seam where tests plant failures. */
    @FunctionalInterface
    public interface Maker {
        /**
         * A new block of {@code length} elements.
         *
         * @throws OutOfMemoryError when there is no room; {@link DeviceOutOfMemory} is as good
         */
        Object make(DType dtype, int length);

        /** Gives a block back to the system for good. */
        default void drop(Object block) {}

        /** Fills a block with NaN (I32: the least integer), so that a use without a write is seen. */
        default void poison(DType dtype, Object block) {}
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
    private final String device;
    private final String hint;
    private volatile long cap;
    private final AtomicLong pooledBytes;
    private final boolean poison;
    private long clock;

    /**
     * Makes an empty pool.
     *
     * @param device name of the device, for messages
     * @param hint what to do when there is no room
     * @param cap most bytes to keep
     * @param pooledBytes counter of the bytes kept
     * @param poison fill blocks with NaN while nobody owns them
     */
    public BlockPool(Maker maker, String device, String hint, long cap, AtomicLong pooledBytes, boolean poison) {
        this.maker = maker;
        this.device = device;
        this.hint = hint;
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

    /** What to do when there is no room. */
    String hint() {
        return hint;
    }

    /** Index of the smallest class that holds {@code size} elements. */
    public static int classOf(int size) {
        if (size <= 16) {
            return 0;
        }
        int octave = 31 - Integer.numberOfLeadingZeros(size - 1);
        int quarter = (size - 1) >>> (octave - 2) & 3;
        return 4 * (octave - 4) + quarter + 1;
    }

    /** Number of elements of a class's blocks. */
    public static int lengthOf(int sizeClass) {
        long length = (4L + sizeClass % 4) << (2 + sizeClass / 4);
        return (int) Math.min(length, LARGEST);
    }

    /** Bytes of the block that holds {@code size} elements. */
    public static long bytesOf(DType dtype, int size) {
        return (long) lengthOf(classOf(size)) * dtype.bytes();
    }

    /**
     * Gives a block of at least {@code size} elements with undefined content.
     *
     * @throws DeviceOutOfMemory when the device has no room even after a trim
     */
    public Object take(DType dtype, int size) {
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
            } catch (OutOfMemoryError | DeviceOutOfMemory first) {
                trim();
                try {
                    block = maker.make(dtype, length);
                } catch (OutOfMemoryError | DeviceOutOfMemory second) {
                    throw new DeviceOutOfMemory(
                            "allocate: got no room for " + size + " elements of " + dtype + " ("
                                    + (long) length * dtype.bytes() + " bytes) on " + device + "; " + hint,
                            second);
                }
            }
            poisonOrDrop(dtype, block);
        }
        return block;
    }

    /** Keeps a block for reuse. */
    public void giveBack(DType dtype, int size, Object block) {
        poisonOrDrop(dtype, block);
        synchronized (this) {
            Shelf shelf = shelf(dtype, classOf(size));
            shelf.lastUse = ++clock;
            if (shelf.bytesEach > cap) {
                maker.drop(block);
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
    public synchronized void trim() {
        for (Shelf[] classes : shelves) {
            for (Shelf shelf : classes) {
                for (Object block = shelf.blocks.pollLast(); block != null; block = shelf.blocks.pollLast()) {
                    pooledBytes.addAndGet(-shelf.bytesEach);
                    maker.drop(block);
                }
            }
        }
    }

    /** Drops all blocks, and from now on what is given back. */
    void close() {
        cap = 0;
        trim();
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
        Object block = oldest.blocks.pollFirst();
        pooledBytes.addAndGet(-oldest.bytesEach);
        if (block != null) {
            maker.drop(block);
        }
    }

    /** A block that cannot be marked is nobody's any more. */
    private void poisonOrDrop(DType dtype, Object block) {
        try {
            poison(dtype, block);
        } catch (RuntimeException e) {
            maker.drop(block);
            throw e;
        }
    }

    /** Marks a block that nobody owns, where this pool does so. */
    void poison(DType dtype, Object block) {
        if (poison) {
            maker.poison(dtype, block);
        }
    }
}
