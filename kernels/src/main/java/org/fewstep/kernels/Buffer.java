package org.fewstep.kernels;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a block of device memory that holds {@link #size()} elements of one {@link DType}.
 *
 * <p>A handle is counted: its scope holds it once, every view and every tape entry that needs it once more. When the
 * last hold goes, the block returns to the device's pool and the handle is dead for good; a later use throws.
 * Handles are never reused, so a dead handle cannot alias a new block.
 */
public abstract class Buffer {
    private static final AtomicIntegerFieldUpdater<Buffer> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(Buffer.class, "holds");
    private static final AtomicIntegerFieldUpdater<Buffer> TAPED =
            AtomicIntegerFieldUpdater.newUpdater(Buffer.class, "taped");

    private final Device device;
    private final DType dtype;
    private final int size;
    private volatile int holds = 1;
    private volatile int taped;
    private volatile boolean pinned;
    private @Nullable Scope scope;
    private int place;

    /** Creates a handle with one hold, which belongs to whoever asked the device for it. */
    protected Buffer(Device device, DType dtype, int size) {
        this.device = device;
        this.dtype = dtype;
        this.size = size;
    }

    public final Device device() {
        return device;
    }

    public final DType dtype() {
        return dtype;
    }

    /** Number of elements, at least 0. */
    public final int size() {
        return size;
    }

    /** False once the last hold is gone. */
    public final boolean isLive() {
        return holds > 0;
    }

    /**
     * Adds a hold.
     *
     * @throws IllegalStateException when the buffer is no longer live
     */
    public final void hold() {
        if (HOLDS.getAndUpdate(this, n -> n == 0 ? 0 : n + 1) == 0) {
            throw new IllegalStateException(closed("hold"));
        }
    }

    /**
     * Drops one hold; the last one gives the block back to the pool.
     *
     * @throws IllegalStateException when there is no hold left to drop
     */
    public final void release() {
        int left = HOLDS.getAndUpdate(this, n -> n == 0 ? 0 : n - 1) - 1;
        if (left < 0) {
            throw new IllegalStateException(closed("release"));
        }
        if (left == 0) {
            device.giveBack(this);
        }
    }

    /** Notes that a recorded operation needs the content, so that consuming another node does not give it back. */
    public final void tape() {
        TAPED.incrementAndGet(this);
    }

    /** Takes back one {@link #tape}. */
    public final void untape() {
        TAPED.decrementAndGet(this);
    }

    /** True while a recorded operation needs the content. */
    public final boolean isTaped() {
        return taped > 0;
    }

    /** The scope that holds this buffer, or null; it changes on that scope's thread alone. */
    @Nullable
    Scope scope() {
        return scope;
    }

    /** Place in the list of {@link #scope}. */
    int place() {
        return place;
    }

    void place(@Nullable Scope holder, int at) {
        scope = holder;
        place = at;
    }

    /** Exempts the buffer from early return when the graph it belongs to is consumed. */
    public final void pin() {
        pinned = true;
    }

    public final boolean isPinned() {
        return pinned;
    }

    /**
     * Asserts that the buffer may be used.
     *
     * @param what the operation that wants it, named in the error
     * @throws IllegalStateException when the buffer is no longer live
     */
    public final void requireLive(String what) {
        if (!isLive()) {
            throw new IllegalStateException(closed(what));
        }
    }

    private String closed(String what) {
        return what + ": got a " + dtype + " buffer of " + size + " elements on " + device.name()
                + " that was already given back; expected a live one; keep it in an outer scope, or use it before the"
                + " scope closes or the graph is consumed";
    }
}
