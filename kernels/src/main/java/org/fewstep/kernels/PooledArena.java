package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Blocks that a recording and its plan took from the device's pool; they count as live until the arena closes. */
public final class PooledArena implements Arena {
    private final PooledDevice device;
    private final BlockPool pool;
    private final BlockPool idle;

    /** Blocks of constants: they are never used for anything else. */
    private final List<PooledBuffer> constants = new ArrayList<>();

    private final List<Runnable> idleConstants = new ArrayList<>();
    private long bytes;
    private boolean closed;

    PooledArena(PooledDevice device, BlockPool pool, boolean poison) {
        this.device = device;
        this.pool = pool;
        this.idle = new BlockPool(
                new BlockPool.Maker() {
                    @Override
                    public Object make(DType dtype, int length) {
                        return fresh(dtype, length);
                    }

                    @Override
                    public void poison(DType dtype, Object block) {
                        pool.poison(dtype, block);
                    }
                },
                device.name(),
                pool.hint(),
                Long.MAX_VALUE,
                new AtomicLong(),
                poison);
    }

    private Object fresh(DType dtype, int size) {
        Object block = pool.take(dtype, size);
        count(BlockPool.bytesOf(dtype, size));
        return block;
    }

    private void count(long more) {
        bytes += more;
        device.live().bytes().addAndGet(more);
    }

    @Override
    public synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized Buffer take(DType dtype, int size) {
        device.live().buffers().incrementAndGet();
        return device.buffer(dtype, size, idle.take(dtype, size), true, this);
    }

    @Override
    public synchronized Buffer takeConstant(DType dtype, int size) {
        PooledBuffer buffer = device.buffer(dtype, size, fresh(dtype, size), true, this);
        device.live().buffers().incrementAndGet();
        constants.add(buffer);
        return buffer;
    }

    @Override
    public boolean owns(Buffer buffer) {
        return ((PooledBuffer) buffer).arena() == this;
    }

    /** Takes back the block of a handle whose last hold is gone. */
    synchronized void giveBack(PooledBuffer buffer, Object block) {
        boolean constant = constants.remove(buffer);
        if (closed) {
            release(buffer, block);
        } else if (constant) {
            idleConstants.add(() -> release(buffer, block));
        } else {
            idle.giveBack(buffer.dtype(), buffer.size(), block);
        }
    }

    private void release(PooledBuffer buffer, Object block) {
        count(-BlockPool.bytesOf(buffer.dtype(), buffer.size()));
        pool.giveBack(buffer.dtype(), buffer.size(), block);
    }

    @Override
    public synchronized void close() {
        closed = true;
        count(-idle.drainTo(pool));
        idleConstants.forEach(Runnable::run);
        idleConstants.clear();
    }
}
