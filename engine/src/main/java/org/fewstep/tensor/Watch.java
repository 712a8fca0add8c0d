package org.fewstep.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Shows every operation that this thread executes, forward, tangent and gradient rules alike, to a listener: to find the
 * first operation that made a NaN, or to profile.
 */
public final class Watch implements AutoCloseable {
    /** Receives executed operations. */
    @FunctionalInterface
    public interface Listener {
        /** Called after the operation ran; it may read the tensors and may throw to stop the run. */
        void executed(Op op, Tensor[] inputs, Tensor value);
    }

    private static final ThreadLocal<@Nullable Listener> CURRENT = new ThreadLocal<>();

    private Watch() {}

    /** Starts showing operations to {@code listener} until the result is closed; replaces an earlier one. */
    public static Watch open(Listener listener) {
        CURRENT.set(listener);
        return new Watch();
    }

    static void tell(Op op, Tensor[] inputs, Tensor value) {
        Listener listener = CURRENT.get();
        if (listener != null) {
            listener.executed(op, inputs, value);
        }
    }

    @Override
    public void close() {
        CURRENT.remove();
    }
}
