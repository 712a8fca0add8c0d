package org.fewstep.kernels;

import org.jspecify.annotations.Nullable;

/** A buffer on a block of a {@link BlockPool}; element 0 of the buffer is element 0 of the block, which may be longer. */
public abstract class PooledBuffer extends Buffer {
    private final boolean pooled;
    private final @Nullable PooledArena arena;
    private @Nullable Object block;

    /**
     * Names a block.
     *
     * @param block room for at least {@code size} elements
     * @param pooled whether the block goes to the pool at the end; one that was wrapped for a caller does not
     * @param arena where the block comes from, or null for the device's pool
     */
    protected PooledBuffer(
            Device device, DType dtype, int size, Object block, boolean pooled, @Nullable PooledArena arena) {
        super(device, dtype, size);
        this.block = block;
        this.pooled = pooled;
        this.arena = arena;
    }

    /** The block; null when it has gone back to the pool. An arena's buffers keep naming theirs for their plan. */
    protected final @Nullable Object block() {
        return block;
    }

    final @Nullable PooledArena arena() {
        return arena;
    }

    final boolean pooled() {
        return pooled;
    }

    /** Takes the block away, at the end of the buffer's life. */
    final Object surrender() {
        Object last = block;
        if (last == null) {
            throw new IllegalStateException("release: got a buffer whose block is gone");
        }
        if (arena == null) {
            block = null;
        }
        return last;
    }
}
