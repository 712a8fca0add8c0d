package org.fewstep.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of the buffers that one thread allocates on one device, as a try-with-resources block.
 *
 * <p>A buffer allocated while a scope is open belongs to this thread's innermost scope of that device; closing the
 * scope drops its hold. {@link #keep} moves a buffer to the enclosing scope. A scope belongs to the thread that opened
 * it and is closed innermost first. Scopes left open when their thread ends are reported in the log, never freed.
 */
public final class Scope implements AutoCloseable {
    private final Device device;
    private final Thread owner;
    private final ScopeStack stack;
    private final @Nullable Scope outer;
    private @Nullable Buffer[] held;
    private int count;
    private volatile boolean closed;

    private Scope(Device device, ScopeStack stack) {
        this.device = device;
        this.owner = Thread.currentThread();
        this.stack = stack;
        this.outer = stack.innermost();
        this.held = stack.list();
    }

    static Scope open(Device device) {
        ScopeStack stack = ScopeStack.mine();
        Scope scope = new Scope(device, stack);
        stack.push(scope);
        device.live().scopes().incrementAndGet();
        return scope;
    }

    /** This thread's innermost open scope of the device, or null. */
    static @Nullable Scope innermost(Device device) {
        Scope scope = ScopeStack.mine().innermost();
        while (scope != null && scope.device != device) {
            scope = scope.outer;
        }
        return scope;
    }

    void adopt(Buffer buffer) {
        if (count == held.length) {
            held = Arrays.copyOf(held, 2 * count);
        }
        held[count] = buffer;
        buffer.place(this, count++);
    }

    /** Takes a held buffer off the list; the last one moves to its place. */
    private void leave(Buffer buffer) {
        int at = buffer.place();
        Buffer last = held[--count];
        held[count] = null;
        if (last != null && last != buffer) {
            held[at] = last;
            last.place(this, at);
        }
        buffer.place(null, 0);
    }

    /** True when this scope holds the buffer. */
    public boolean holds(Buffer buffer) {
        return buffer.scope() == this;
    }

    /**
     * Moves a buffer of this scope to the enclosing scope of the same device and pins it; a buffer that is not held
     * here (a parameter, a buffer of an outer scope) stays where it is.
     *
     * @return the same buffer
     * @throws IllegalStateException when there is no enclosing scope to move it to
     */
    public <B extends Buffer> B keep(B buffer) {
        promote(buffer);
        buffer.pin();
        return buffer;
    }

    /** As {@link #keep}, but the buffer still goes back early when the graph it belongs to is consumed. */
    public void promote(Buffer buffer) {
        requireOpen("keep");
        if (holds(buffer)) {
            Scope parent = enclosing();
            if (parent == null) {
                throw new IllegalStateException("keep: got a buffer of the outermost scope on " + device.name()
                        + "; expected an enclosing scope to move it to; open one around this scope");
            }
            leave(buffer);
            parent.adopt(buffer);
        }
    }

    private @Nullable Scope enclosing() {
        Scope parent = outer;
        while (parent != null && parent.device != device) {
            parent = parent.outer;
        }
        return parent;
    }

    /**
     * Drops the hold that this thread's scopes have on a buffer, so that it can go back to the pool before the scope
     * closes. A buffer that no open scope of this thread holds is left alone.
     */
    public static void drop(Buffer buffer) {
        Scope scope = buffer.scope();
        if (scope != null && scope.owner == Thread.currentThread()) {
            scope.leave(buffer);
            buffer.release();
        }
    }

    /**
     * Closes the scope and drops its holds, all of them, also where the device fails to take a buffer back; the first such
     * failure is thrown at the end. Closing twice does nothing.
     *
     * @throws IllegalStateException on another thread, or when an inner scope is still open
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        requireOpen("close");
        if (stack.innermost() != this) {
            throw new IllegalStateException("close: got a scope on " + device.name()
                    + " with an inner scope still open; expected the innermost; close inner scopes first");
        }
        closed = true;
        stack.pop(outer);
        RuntimeException failure = null;
        for (int i = 0; i < count; i++) {
            Buffer buffer = held[i];
            if (buffer != null) {
                buffer.place(null, 0);
                try {
                    buffer.release();
                } catch (RuntimeException e) {
                    failure = failure == null ? e : failure;
                }
            }
        }
        stack.spare(held, count);
        count = 0;
        device.live().scopes().decrementAndGet();
        if (failure != null) {
            throw failure;
        }
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(
                    what + ": got a closed scope on " + device.name() + "; expected an open one");
        }
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    what + ": got thread " + Thread.currentThread().getName() + "; expected " + owner.getName()
                            + ", which opened this scope on " + device.name());
        }
    }
}
