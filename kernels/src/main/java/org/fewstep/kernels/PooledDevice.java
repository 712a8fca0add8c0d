package org.fewstep.kernels;

import org.jspecify.annotations.Nullable;

/** A device whose buffers lie on the blocks of a {@link BlockPool}: everything about memory that devices share. */
public abstract class PooledDevice extends Device {
    private static final String INSTEAD_OF_WRITE =
            "write fixed inputs and stage slots before a replay, or use Device.constant for numbers that never change";
    private static final String INSTEAD_OF_READ = "keep the buffer and read it after the recording and after replays";

    private final String name;
    private final BlockPool pool;
    private final boolean poison;
    private volatile boolean closed;

    /**
     * Makes an empty pool.
     *
     * @param name as {@link Device#name}
     * @param hint what to do when there is no room
     * @param poolCap most bytes kept for reuse
     * @param poison fill blocks with NaN while nobody owns them
     */
    protected PooledDevice(String name, BlockPool.Maker maker, String hint, long poolCap, boolean poison) {
        this.name = name;
        this.poison = poison;
        this.pool = new BlockPool(maker, name, hint, poolCap, live().pooledBytes(), poison);
    }

    @Override
    public final String name() {
        return name;
    }

    /** A handle on a block; see {@link PooledBuffer}. */
    protected abstract PooledBuffer buffer(
            DType dtype, int size, Object block, boolean pooled, @Nullable PooledArena arena);

    @Override
    protected Buffer take(DType dtype, int size) {
        requireOpen("allocate");
        Object block = pool.take(dtype, size);
        live().buffers().incrementAndGet();
        live().bytes().addAndGet(BlockPool.bytesOf(dtype, size));
        return buffer(dtype, size, block, true, null);
    }

    /** A buffer on memory that a caller owns, {@code length} elements long. */
    protected final Buffer wrapped(DType dtype, int size, Object block, int length) {
        requireOpen("wrap");
        if (size > length) {
            throw new IllegalArgumentException(
                    "wrap: got " + size + " elements in an array of " + length + "; expected at most its length");
        }
        live().buffers().incrementAndGet();
        live().bytes().addAndGet((long) size * dtype.bytes());
        return buffer(dtype, size, block, false, null);
    }

    @Override
    protected final void giveBack(Buffer buffer) {
        PooledBuffer mine = (PooledBuffer) buffer;
        Object block = mine.surrender();
        live().buffers().decrementAndGet();
        PooledArena arena = mine.arena();
        if (arena != null) {
            arena.giveBack(mine, block);
        } else if (mine.pooled()) {
            live().bytes().addAndGet(-BlockPool.bytesOf(mine.dtype(), mine.size()));
            pool.giveBack(mine.dtype(), mine.size(), block);
        } else {
            live().bytes().addAndGet(-(long) mine.size() * mine.dtype().bytes());
        }
    }

    @Override
    protected final Arena arena() {
        requireOpen("record");
        return new PooledArena(this, pool, poison);
    }

    @Override
    public final void trim() {
        pool.trim();
    }

    /** Ends the use of this device; buffers may still be released, nothing else works any more. */
    protected final void end() {
        closed = true;
        pool.close();
    }

    /** False once it is closed. */
    public final boolean isOpen() {
        return !closed;
    }

    protected final void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(what + ": got a closed device " + name + "; expected an open one");
        }
    }

    /** Checks that work may run here now. */
    protected final void requireMine(Workload work) {
        requireOpen(work.label());
        if (work.device() != this) {
            throw new IllegalArgumentException(
                    work.label() + ": got buffers of " + work.device().name()
                            + " (another device); expected buffers of this one; run it on the device that made them");
        }
        for (int i = 0; i < work.reads().size(); i++) {
            work.reads().get(i).requireLive(work.label());
        }
        for (int i = 0; i < work.writes().size(); i++) {
            work.writes().get(i).requireLive(work.label());
        }
    }

    /** Host numbers to a buffer; see {@link Device#write(Buffer, float[], int, int)}. */
    protected abstract void put(Buffer buffer, float[] from, int at, int count);

    /** A buffer's numbers to the host; the buffer has been checked. */
    protected abstract void fetch(Buffer buffer, float[] to, int at, int count);

    /** As above. */
    protected abstract void fetch(Buffer buffer, double[] to, int at, int count);

    /** As above. */
    protected abstract void fetch(Buffer buffer, int[] to, int at, int count);

    @Override
    public final void write(Buffer buffer, float[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        check("write", buffer, buffer.dtype().floating(), "float[]", from.length, at, count);
        put(buffer, from, at, count);
    }

    @Override
    public final void write(Buffer buffer, double[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        check("write", buffer, buffer.dtype().floating(), "double[]", from.length, at, count);
        put(buffer, from, at, count);
    }

    @Override
    public final void write(Buffer buffer, int[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        check("write", buffer, buffer.dtype() == DType.I32, "int[]", from.length, at, count);
        put(buffer, from, at, count);
    }

    @Override
    public final void read(Buffer buffer, float[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, buffer.dtype().floating(), "float[]", to.length, at, count);
        fetch(buffer, to, at, count);
    }

    @Override
    public final void read(Buffer buffer, double[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, buffer.dtype().floating(), "double[]", to.length, at, count);
        fetch(buffer, to, at, count);
    }

    @Override
    public final void read(Buffer buffer, int[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, buffer.dtype() == DType.I32, "int[]", to.length, at, count);
        fetch(buffer, to, at, count);
    }

    private void check(String what, Buffer buffer, boolean fits, String array, int length, int at, int count) {
        requireOpen(what);
        if (buffer.device() != this) {
            throw new IllegalArgumentException(what + ": got a buffer of another device, "
                    + buffer.device().name() + "; expected one of this device");
        }
        buffer.requireLive(what);
        if (count < 0 || count > buffer.size() || at < 0 || at > length - count) {
            throw new IllegalArgumentException(what + ": got " + count + " elements at " + at + " of an array of "
                    + length + " for a buffer of " + buffer.size() + "; expected a range inside both");
        }
        if (!fits) {
            throw new IllegalArgumentException(what + ": got " + array + " for a buffer of " + buffer.dtype()
                    + "; expected " + (buffer.dtype() == DType.I32 ? "int[]" : "float[] or double[]"));
        }
    }
}
