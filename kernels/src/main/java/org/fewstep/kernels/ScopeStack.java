package org.fewstep.kernels;

import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One thread's open scopes, innermost first, with the lists of buffers that closed scopes leave for the next ones, and
 * its open recording.
 *
 * <p>A stack that ends with its thread while scopes are open is reported in the log; nothing is freed by that.
 */
final class ScopeStack {
    private static final int FIRST_LENGTH = 16;

    /** Deeper scopes make a list of their own each time. */
    private static final int SPARE = 32;

    private static final Cleaner CLEANER = Cleaner.create();
    private static final System.Logger LOG = System.getLogger(ScopeStack.class.getName());
    private static final ThreadLocal<ScopeStack> MINE = ThreadLocal.withInitial(ScopeStack::new);

    private final AtomicInteger open = new AtomicInteger();
    private final @Nullable Buffer[] @Nullable [] spare = new Buffer[SPARE][];
    private int spares;
    private @Nullable Scope innermost;
    private @Nullable Recording recording;

    private ScopeStack() {
        // Registered once a thread: a Cleaner's record a scope would cost more than the scope.
        AtomicInteger left = open;
        String thread = Thread.currentThread().getName();
        CLEANER.register(this, () -> {
            if (left.get() > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Thread {0} ended with {1} open scopes; their buffers are lost",
                        thread,
                        left.get());
            }
        });
    }

    /** This thread's stack. */
    static ScopeStack mine() {
        return MINE.get();
    }

    @Nullable
    Scope innermost() {
        return innermost;
    }

    /** This thread's open recording, or null. */
    @Nullable
    Recording recording() {
        return recording;
    }

    void recording(@Nullable Recording now) {
        recording = now;
    }

    void push(Scope scope) {
        innermost = scope;
        open.incrementAndGet();
    }

    /** Takes the innermost scope off. */
    void pop(@Nullable Scope outer) {
        innermost = outer;
        open.decrementAndGet();
    }

    /** A list with no buffer in it. */
    @Nullable
    Buffer[] list() {
        if (spares > 0) {
            @Nullable Buffer[] list = spare[--spares];
            if (list != null) {
                spare[spares] = null;
                return list;
            }
        }
        return new Buffer[FIRST_LENGTH];
    }

    /** Takes a list back; its first {@code used} places are emptied. */
    void spare(@Nullable Buffer[] list, int used) {
        Arrays.fill(list, 0, used, null);
        if (spares < SPARE) {
            spare[spares++] = list;
        }
    }
}
