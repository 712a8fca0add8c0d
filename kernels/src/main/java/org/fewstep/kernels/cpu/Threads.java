package org.fewstep.kernels.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that share the parts of one piece of work; the caller takes part.
 *
 * <p>A thread begins with the same share of the parts each time, so that it finds in its caches what it wrote there
 * before, and then takes parts of others from their ends. Which thread computes a part is open all the same, and what a
 * part is follows from sizes alone: results do not depend on the number of threads. After work, workers spin for half a
 * millisecond and then park, since waking a parked thread takes about 0.14 ms. Work below 0.1 ms (0.01 ms while the
 * workers are awake), nested work, and work that comes while another thread uses the set run on the caller alone.
 */
final class Threads implements AutoCloseable {
    /** No workers: everything runs on the caller. For work inside a part. */
    static final Threads ALONE = new Threads(1);

    private static final long SPIN_NANOS = 500_000;
    private static final long ALONE_NANOS = 100_000;

    /** Work below this estimate is not worth sharing even with a worker that is awake. */
    private static final long AWAKE_ALONE_NANOS = 10_000;

    /** Most pieces of a work: two places among them fit into half a word. */
    private static final int PIECES = 0xFFFF;

    /** Distance of the threads' words: two cache lines, which processors fetch together. */
    private static final int APART = 16;

    private final class Worker extends Thread {
        private final int number;
        volatile boolean parked;

        Worker(int number) {
            super("fewstep-cpu-" + number);
            this.number = number;
            setDaemon(true);
        }

        @Override
        public void run() {
            long idleSince = System.nanoTime();
            while (!closed) {
                if (help(number)) {
                    idleSince = System.nanoTime();
                    continue;
                }
                if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                if (!closed && !waiting()) {
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
     * What is left of each thread's share of the work that is shared now, a word a thread: the number of the work in the
     * upper half, then the first piece that nobody took and the end of the share. A thread takes a piece by changing the
     * word; since the number changes with the work, a thread that comes late cannot take a piece of the next work for one
     * of the last. {@code parts}, {@code pieces} and {@code body} are read only by a thread that has taken a piece, and do
     * not change before all pieces are done.
     */
    private final AtomicLongArray left;

    /** Number of the work that is shared now, or was last. */
    private long number;

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int parts;

    /** The parts in runs of about the same length. */
    private int pieces;

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
        left = new AtomicLongArray(count * APART);
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
            pieces = Math.min(parts, PIECES);
            number++;
            for (int t = count() - 1; t >= 0; t--) {
                long first = (long) pieces * t / count();
                long end = (long) pieces * (t + 1) / count();
                left.set(t * APART, number << 32 | first << 16 | end);
            }
            for (Worker worker : workers) {
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            help(0);
            for (int spins = 0; done.get() < pieces; spins++) {
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

    /** Whether there are pieces that nobody took yet. */
    private boolean waiting() {
        for (int t = 0; t < count(); t++) {
            long now = left.get(t * APART);
            if (first(now) < end(now)) {
                return true;
            }
        }
        return false;
    }

    private static int first(long word) {
        return (int) (word >>> 16) & 0xFFFF;
    }

    private static int end(long word) {
        return (int) word & 0xFFFF;
    }

    /** Computes pieces until none is left; after a failure the rest is skipped. False if there was none. */
    private boolean help(int thread) {
        boolean any = false;
        for (int turn = 0; turn < count(); turn++) {
            int owner = (thread + turn) % count();
            for (int piece = take(owner, turn == 0); piece >= 0; piece = take(owner, turn == 0)) {
                any = true;
                compute(piece);
            }
        }
        return any;
    }

    /** The first or the last piece of what is left of a thread's share; -1 if nothing is. */
    private int take(int owner, boolean front) {
        while (true) {
            long now = left.get(owner * APART);
            if (first(now) >= end(now)) {
                return -1;
            }
            if (left.compareAndSet(owner * APART, now, front ? now + (1 << 16) : now - 1)) {
                return front ? first(now) : end(now) - 1;
            }
        }
    }

    private void compute(int piece) {
        IntConsumer work = body;
        try {
            int end = (int) ((long) parts * (piece + 1) / pieces);
            for (int part = (int) ((long) parts * piece / pieces); part < end; part++) {
                if (work != null && failure.get() == null) {
                    work.accept(part);
                }
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
