package org.fewstep.kernels;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Recorded workloads, ready to run again on the same buffers: the bits are those of the recorded run with what the fixed
 * inputs and slots hold now.
 *
 * <p>A plan may be replayed by any thread, by one at a time. It keeps its blocks until it is closed.
 */
public final class Plan implements AutoCloseable {
    private final Device device;
    private final Replay replay;
    private final int size;
    private final Arena arena;
    private final List<Buffer> kept;
    private final Buffer[] outside;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;

    /** Takes over arena and kept buffers; {@code outside} are the buffers of others that it uses. */
    Plan(Device device, Replay replay, int size, Arena arena, List<Buffer> kept, Buffer[] outside) {
        this.device = device;
        this.replay = replay;
        this.size = size;
        this.arena = arena;
        this.kept = kept;
        this.outside = outside;
        device.live().plans().incrementAndGet();
    }

    /** Number of workloads. */
    public int size() {
        return size;
    }

    /** Bytes of the blocks that it keeps until it is closed. */
    public long bytes() {
        return arena.bytes();
    }

    /**
     * Runs the workloads in their order.
     *
     * @throws IllegalStateException when the plan is closed or in use by another thread, when a buffer that it did not
     *     allocate is gone, or inside a recording
     */
    public void replay() {
        if (Recording.isOpen(device)) {
            throw new IllegalStateException("replay: got a plan inside a recording on " + device.name()
                    + "; expected none; record the workloads themselves");
        }
        enter("replay");
        try {
            for (Buffer buffer : outside) {
                buffer.requireLive("replay");
            }
            replay.run();
        } finally {
            busy.set(false);
        }
    }

    private void enter(String what) {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException(what + ": got a plan on " + device.name()
                    + " that is replayed by another thread now; expected an idle one; make a plan for each thread");
        }
        if (closed) {
            busy.set(false);
            throw new IllegalStateException(
                    what + ": got a closed plan on " + device.name() + "; expected an open one; record it again");
        }
    }

    /** Gives blocks and kept buffers back. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter("close");
        try {
            closed = true;
            replay.close();
            kept.forEach(Buffer::release);
            arena.close();
            device.live().plans().decrementAndGet();
        } finally {
            busy.set(false);
        }
    }
}
