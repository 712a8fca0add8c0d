package org.fewstep.bench.solvers;

import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.bench.work.SolverStep;
import org.fewstep.bench.work.StepByHand;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A solver's step on 64 samples of 3x32x32 against loops written by hand, turn by turn in one JVM. The score is the time
 * of both; {@code engine} and {@code byHand} are what each took in a sample, and engine / byHand is the solver's cost.
 */
@State(Scope.Benchmark)
public class StepBenchmark extends ShortSamples {
    @Param({"dpmpp-2m", "dpmpp-3m", "unipc-3", "sa-3-4"})
    public String solver = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    private @Nullable SolverStep engine;
    private @Nullable StepByHand byHand;

    /** Nanoseconds in a sample. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Nanos {
        public long engine;
        public long byHand;
    }

    /** Makes both at the start of the same run. */
    @Setup
    public void open() {
        engine = new SolverStep(EngineDevice.open(provider, threads), solver);
        byHand = new StepByHand(solver);
    }

    /** A step of each. */
    @Benchmark
    public Object run(Nanos nanos) {
        if (engine == null || byHand == null) {
            throw new IllegalStateException("benchmark: got no work; expected open before run");
        }
        long start = System.nanoTime();
        Object state = engine.once();
        long between = System.nanoTime();
        byHand.step();
        nanos.engine += between - start;
        nanos.byHand += System.nanoTime() - between;
        return state;
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }
}
