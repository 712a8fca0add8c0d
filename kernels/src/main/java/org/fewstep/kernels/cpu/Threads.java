package org.fewstep.kernels.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that share the parts of one piece of work; the caller takes part.
 *
 * <p>Which thread computes a part is open, what a part is follows from sizes alone: results do not depend on the number
 * of threads. After work, workers spin for half a millisecond and then park, since waking a parked thread takes about
 * 0.14 ms. Work below 0.1 ms, nested work, and work that comes while another thread uses the set run on the caller
 * alone.
 */
final class Threads implements AutoCloseable {
    private static final long SPIN_NANOS = 500_000;
    private static final long ALONE_NANOS = 100_000;

    /** One call of {@link #run}. */
    private static final class Job {
        final int parts;
        final IntConsumer body;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int parts, IntConsumer body) {
            this.parts = parts;
            this.body = body;
        }

        /** Computes parts until none is left; after a failure the rest is skipped. */
        void help() {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        body.accept(part);
                    }
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                } finally {
                    done.incrementAndGet();
                }
            }
        }
    }

    private final class Worker extends Thread {
        volatile boolean parked;

        Worker(int number) {
            super("fewstep-cpu-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            Job last = null;
            long idleSince = System.nanoTime();
            while (!closed) {
                Job job = current;
                if (job != null && job != last) {
                    job.help();
                    last = job;
                    idleSince = System.nanoTime();
                    continue;
                }
                if (job == null) {
                    last = null;
                }
                if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                    continue;
                }
                last = null;
                parked = true;
                if (!closed && current == null) {
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
    private volatile @Nullable Job current;
    private volatile boolean closed;

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

    /**
     * Calls {@code body} once for each part 0 .. parts-1 and returns when all are done. The first exception of a part
     * is thrown here.
     *
     * @param nanos estimate of the whole work on one thread
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding is only a courtesy, see below
    void run(int parts, long nanos, IntConsumer body) {
        if (parts <= 1 || workers.length == 0 || nanos < aloneNanos || closed || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < parts; part++) {
                body.accept(part);
            }
            return;
        }
        Job job = new Job(parts, body);
        try {
            current = job;
            for (Worker worker : workers) {
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            job.help();
            for (int spins = 0; job.done.get() < parts; spins++) {
                // A worker that lost its core gets it back sooner when this thread yields.
                if (spins > 10_000) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        } finally {
            current = null;
            busy.set(false);
        }
        Throwable failure = job.failure.get();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
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
