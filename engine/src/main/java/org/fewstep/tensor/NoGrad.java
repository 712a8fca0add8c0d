package org.fewstep.tensor;

/** Switches recording off on this thread: {@code try (NoGrad off = NoGrad.open()) { ... }}. Never inherited by threads. */
public final class NoGrad implements AutoCloseable {
    private static final ThreadLocal<int[]> DEPTH = ThreadLocal.withInitial(() -> new int[1]);

    private boolean open = true;

    private NoGrad() {}

    /** Stops recording until the result is closed. */
    public static NoGrad open() {
        DEPTH.get()[0]++;
        return new NoGrad();
    }

    /** True when operations on this thread are recorded. */
    public static boolean isRecording() {
        return DEPTH.get()[0] == 0;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            DEPTH.get()[0]--;
        }
    }
}
