package org.fewstep.bench.machine;

import java.util.Arrays;
import org.fewstep.bench.work.ShortSamples;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** {@link FmaPeak#FLOPS} on each thread: the measured peak that a run's libraries are judged by. */
@State(Scope.Benchmark)
public class PeakBenchmark extends ShortSamples {
    @Param({"1", "2"})
    public int threads;

    private final float[] sinks = new float[64 * 16];
    private @Nullable Team team;

    /** Starts the threads. */
    @Setup
    public void open() {
        Runnable[] bodies = new Runnable[threads];
        Arrays.setAll(bodies, i -> {
            FmaPeak peak = FmaPeak.best();
            // 16 floats apart: each thread's result in a cache line of its own.
            return () -> sinks[16 * i] = peak.run();
        });
        team = new Team(bodies);
    }

    /** The operations on all threads at once. */
    @Benchmark
    public float run() {
        if (team != null) {
            team.run();
        }
        return sinks[0];
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        if (team != null) {
            team.close();
        }
    }
}
