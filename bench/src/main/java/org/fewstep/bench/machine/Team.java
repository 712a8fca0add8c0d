package org.fewstep.bench.machine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that do one body each at the same time, the caller's included. They wait for the next body without rest, so a
 * team is for measuring a roof and is closed right after.
 */
final class Team implements AutoCloseable {
    private final Runnable[] bodies;
    private final AtomicInteger done = new AtomicInteger();
    private volatile int round;
    private volatile boolean closed;

    /** One thread a body; the first body is the caller's. */
    Team(Runnable... bodies) {
        this.bodies = bodies;
        for (int i = 1; i < bodies.length; i++) {
            Runnable body = bodies[i];
            Thread thread = new Thread(() -> work(body), "bench-team-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void work(Runnable body) {
        int last = 0;
        while (!closed) {
            int now = round;
            if (now == last) {
                Thread.onSpinWait();
                continue;
            }
            last = now;
            try {
                body.run();
            } finally {
                done.incrementAndGet();
            }
        }
    }

    /** All bodies once. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the caller is the only writer
    void run() {
        done.set(0);
        round++;
        bodies[0].run();
        while (done.get() < bodies.length - 1) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
