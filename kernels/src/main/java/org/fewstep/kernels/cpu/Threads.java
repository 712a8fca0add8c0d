package org.fewstep.kernels.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that share the parts of one piece of work; the caller takes part.
 *
 * <p>Which thread computes a part is open, what a part is follows from sizes alone: results do not depend on the number
 * of threads. After work, workers spin for half a millisecond and then park, since waking a parked thread takes about
 * 0.14 ms. Work below 0.1 ms (0.01 ms while the workers are awake), nested work, and work that comes while another thread uses the set run on the caller
 * alone.
 */
final class Threads implements AutoCloseable {
    /** No workers: everything runs on the caller. For work inside a part. */
    static final Threads ALONE = new Threads(1);

    private static final long SPIN_NANOS = 500_000;
    private static final long ALONE_NANOS = 100_000;

    /** Work below this estimate is not worth sharing even with a worker that is awake. */
    private static final long AWAKE_ALONE_NANOS = 10_000;

    private final class Worker extends Thread {
        volatile boolean parked;

        Worker(int number) {
            super("fewstep-cpu-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            long idleSince = System.nanoTime();
            while (!closed) {
                if (help()) {
                    idleSince = System.nanoTime();
                    continue;
                }
                if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                if (!closed && waiting() == 0) {
                    LockSupport.park(Threads.this);
                }
                parked = false;
                idleSince = System.nanoTime();
            }
        }
    }

    private final long aloneNanos;
    private final Worker[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * What is left of the work that is shared now: its number in the upper half, parts that nobody took in the lower
     * one. A thread takes a part by lowering this word; since the number changes with the work, a thread that comes late
     * cannot take a part of the next work for one of the last. {@code parts} and {@code body} are read only by a thread
     * that has taken a part, and do not change before all parts are done.
     */
    private final AtomicLong left = new AtomicLong();

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int parts;
    private @Nullable IntConsumer body;

    /** Starts {@code count - 1} workers; the caller is the remaining thread. */
    Threads(int count) {
        this(count, ALONE_NANOS);
    }

    /**
     * As above.
     *
     * @param aloneNanos work below this estimate runs on the caller alone
     */
    Threads(int count, long aloneNanos) {
        if (count < 1) {
            throw new IllegalArgumentException("threads: got " + count + "; expected at least 1");
        }
        this.aloneNanos = aloneNanos;
        workers = new Worker[count - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    int count() {
        return workers.length + 1;
    }

    /** Work below this estimate runs on the caller alone. */
    private long leastNanos() {
        return workers[0].parked ? aloneNanos : Math.min(aloneNanos, AWAKE_ALONE_NANOS);
    }

    /**
     * Calls {@code body} once for each part 0 .. parts-1 and returns when all are done. The first exception of a part
     * is thrown here.
     *
     * @param nanos estimate of the whole work on one thread
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding is only a courtesy, see below
    void run(int parts, long nanos, IntConsumer body) {
        if (parts <= 1 || workers.length == 0 || nanos < leastNanos() || closed || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < parts; part++) {
                body.accept(part);
            }
            return;
        }
        Throwable failed;
        try {
            this.parts = parts;
            this.body = body;
            done.set(0);
            failure.set(null);
            left.set(((left.get() >>> 32) + 1) << 32 | parts);
            for (Worker worker : workers) {
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            help();
            for (int spins = 0; done.get() < parts; spins++) {
                // A worker that lost its core gets it back sooner when this thread yields.
                if (spins > 10_000) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
            failed = failure.get();
        } finally {
            this.body = null;
            busy.set(false);
        }
        if (failed instanceof RuntimeException e) {
            throw e;
        }
        if (failed instanceof Error e) {
            throw e;
        }
    }

    /** Parts that nobody took yet. */
    private int waiting() {
        return (int) left.get();
    }

    /** Computes parts in order until none is left; after a failure the rest is skipped. False if there was none. */
    private boolean help() {
        boolean any = false;
        while (true) {
            long now = left.get();
            int waiting = (int) now;
            if (waiting == 0) {
                return any;
            }
            if (left.compareAndSet(now, now - 1)) {
                any = true;
                compute(parts - waiting);
            }
        }
    }

    private void compute(int part) {
        IntConsumer work = body;
        try {
            if (work != null && failure.get() == null) {
                work.accept(part);
            }
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
        } finally {
            done.incrementAndGet();
        }
    }

    /** Ends the workers; later work runs on its caller alone. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
