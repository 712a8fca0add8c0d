package org.fewstep.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Turns Ctrl-C (SIGINT) or a request to end (SIGTERM) into a question that a run asks after every step.
 *
 * <p>The JVM answers both signals by running its shutdown hooks and then ends with 128 + signal, 130 for Ctrl-C. The
 * hook here waits until the run has finished its step, written its checkpoint and closed this, so the process does not
 * end before.
 */
final class ShutdownStop implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "fewstep-stop");
    private volatile boolean requested;

    /** Begins to listen. */
    ShutdownStop() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** True from the first signal on. */
    boolean requested() {
        return requested;
    }

    /** Asks the run to stop, as a signal does. */
    void request() {
        requested = true;
    }

    private void stopAndWait() {
        request();
        boolean waiting = true;
        while (waiting) {
            try {
                closed.await();
                waiting = false;
            } catch (InterruptedException e) {
                // Nobody interrupts a hook of ours; the run's checkpoint matters more.
                waiting = true;
            }
        }
    }

    /** Lets the process end. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The shutdown is under way: the hook is running and has just been released.
            return;
        }
    }
}
