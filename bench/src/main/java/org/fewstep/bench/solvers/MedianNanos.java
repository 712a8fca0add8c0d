package org.fewstep.bench.solvers;

import java.util.Arrays;

/** The median of measured times; of the last so many where there are more. */
final class MedianNanos {
    private static final int MOST = 1 << 12;

    private final long[] nanos = new long[MOST];
    private int count;

    void clear() {
        count = 0;
    }

    void add(long time) {
        nanos[count % MOST] = time;
        count++;
    }

    /** The median, 0 of none. */
    long median() {
        long[] sorted = Arrays.copyOf(nanos, Math.min(count, MOST));
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
