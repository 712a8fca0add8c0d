package org.fewstep.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Idle plans, the one used last first; at most a fixed number of them and of their bytes. */
final class SamplingPlans implements AutoCloseable {
    private static final int MOST = 8;
    private static final long MOST_BYTES = 256L << 20;

    private final Deque<SamplingPlan> idle = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /** Takes an idle plan out, or gives null where there is none of this key. */
    synchronized @Nullable SamplingPlan take(SamplingPlan.Key key) {
        for (Iterator<SamplingPlan> plans = idle.iterator(); plans.hasNext(); ) {
            SamplingPlan plan = plans.next();
            if (plan.key().equals(key)) {
                plans.remove();
                bytes -= plan.bytes();
                return plan;
            }
        }
        return null;
    }

    /** Keeps a plan for the next call, and closes those that are too many. */
    synchronized void giveBack(SamplingPlan plan) {
        idle.addFirst(plan);
        bytes += plan.bytes();
        while (!idle.isEmpty() && (closed || idle.size() > MOST || bytes > MOST_BYTES)) {
            SamplingPlan last = idle.removeLast();
            bytes -= last.bytes();
            last.close();
        }
    }

    /** Closes the idle plans; one that comes back later is closed then. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(SamplingPlan::close);
        idle.clear();
    }
}
