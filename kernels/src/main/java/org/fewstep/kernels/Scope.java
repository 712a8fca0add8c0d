package org.fewstep.kernels;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of the buffers that one thread allocates on one device, as a try-with-resources block.
 *
 * <p>A buffer allocated while a scope is open belongs to this thread's innermost scope of that device; closing the
 * scope drops its hold. {@link #keep} moves a buffer to the enclosing scope. A scope belongs to the thread that opened
 * it and is closed innermost first. A scope that becomes unreachable while open is reported in the log, never freed.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final System.Logger LOG = System.getLogger(Scope.class.getName());

    private final Device device;
    private final Thread owner;
    private final @Nullable Scope outer;
    private final Set<Buffer> held = Collections.newSetFromMap(new IdentityHashMap<>());
    private final AtomicBoolean closed = new AtomicBoolean();

    private Scope(Device device, @Nullable Scope outer) {
        this.device = device;
        this.owner = Thread.currentThread();
        this.outer = outer;
    }

    static Scope open(Device device) {
        Scope scope = new Scope(device, INNERMOST.get());
        INNERMOST.set(scope);
        device.live().scopes().incrementAndGet();
        AtomicBoolean closed = scope.closed;
        String name = device.name();
        CLEANER.register(scope, () -> {
            if (!closed.get()) {
                LOG.log(System.Logger.Level.WARNING, "A scope on " + name + " was never closed; its buffers are lost");
            }
        });
        return scope;
    }

    /** This thread's innermost open scope of the device, or null. */
    static @Nullable Scope innermost(Device device) {
        Scope scope = INNERMOST.get();
        while (scope != null && scope.device != device) {
            scope = scope.outer;
        }
        return scope;
    }

    void adopt(Buffer buffer) {
        held.add(buffer);
    }

    /** True when this scope holds the buffer. */
    public boolean holds(Buffer buffer) {
        return held.contains(buffer);
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
        if (held.contains(buffer)) {
            Scope parent = enclosing();
            if (parent == null) {
                throw new IllegalStateException("keep: got a buffer of the outermost scope on " + device.name()
                        + "; expected an enclosing scope to move it to; open one around this scope");
            }
            held.remove(buffer);
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
        for (Scope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
            if (scope.held.remove(buffer)) {
                buffer.release();
                return;
            }
        }
    }

    /**
     * Closes the scope and drops its holds. Closing twice does nothing.
     *
     * @throws IllegalStateException on another thread, or when an inner scope is still open
     */
    @Override
    public void close() {
        if (closed.get()) {
            return;
        }
        requireOpen("close");
        if (INNERMOST.get() != this) {
            throw new IllegalStateException("close: got a scope on " + device.name()
                    + " with an inner scope still open; expected the innermost; close inner scopes first");
        }
        closed.set(true);
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        List<Buffer> leaving = new ArrayList<>(held);
        held.clear();
        for (Buffer buffer : leaving) {
            buffer.release();
        }
        device.live().scopes().decrementAndGet();
    }

    private void requireOpen(String what) {
        if (closed.get()) {
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
