package org.fewstep.bench.machine;

import java.util.List;

/**
 * The limits of a number of threads of this machine.
 *
 * @param threads how many
 * @param flops F32 operations a second of fused multiply-adds
 * @param how in what way these were done
 * @param levels memory from near to far; the last has no end
 */
record Roofs(int threads, double flops, String how, List<Level> levels) {
    /**
     * Memory that holds a working set.
     *
     * @param capacity greatest working set in bytes, over all threads
     * @param bandwidth measured
     */
    record Level(String name, long capacity, Bandwidth bandwidth) {}

    /** Measures them; takes about 10 s. */
    static Roofs measure(int threads, Caches caches) {
        float[] sinks = new float[16 * threads];
        Runnable[] bodies = new Runnable[threads];
        FmaPeak peak = FmaPeak.best();
        for (int i = 0; i < threads; i++) {
            int place = 16 * i;
            FmaPeak own = FmaPeak.best();
            bodies[i] = () -> sinks[place] = own.run();
        }
        double seconds;
        try (Team team = new Team(bodies)) {
            seconds = Sample.of(team::run).min();
        }
        if (!(sinks[0] > 0)) {
            throw new IllegalStateException("roofline: got " + sinks[0] + " from the multiply-adds; expected above 0");
        }
        long l2 = caches.l2();
        long l3 = caches.l3();
        // Half of a cache: what is left when code and other data have their part.
        Level near = new Level("L2", l2 * threads, bandwidth(threads, l2 / 2));
        Level middle = new Level("beyond L2", Math.max(8 * l2 * threads, l3 / 4), bandwidth(threads, 4 * l2));
        Level far = new Level("memory", Long.MAX_VALUE, bandwidth(threads, farBytes(l3) / threads));
        return new Roofs(threads, FmaPeak.FLOPS * (double) threads / seconds, peak.how(), List.of(near, middle, far));
    }

    /** Twice the last cache, at least 256 MiB, at most a quarter of the heap. */
    private static long farBytes(long l3) {
        return Math.min(Math.max(2 * l3, 256 << 20), Runtime.getRuntime().maxMemory() / 4);
    }

    private static Bandwidth bandwidth(int threads, long bytes) {
        return Bandwidth.of(threads, (int) Math.min(1 << 28, bytes / 12));
    }

    /** The level that holds a working set. */
    Level level(long bytes) {
        for (Level level : levels) {
            if (bytes <= level.capacity()) {
                return level;
            }
        }
        throw new IllegalStateException("roofline: the last level has an end");
    }

    /** Seconds that a kernel takes at least by what it states: operations at the peak, or bytes at the bandwidth. */
    double seconds(long flops, long bytes) {
        return Math.max(flops / this.flops, bytes / level(bytes).bandwidth().triad());
    }

    /** Whether arithmetic is what limits such a kernel. */
    boolean isArithmetic(long flops, long bytes) {
        return flops / this.flops >= bytes / level(bytes).bandwidth().triad();
    }
}
