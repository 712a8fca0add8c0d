package org.fewstep.bench.solvers;

import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.bench.work.SolverStep;
import org.fewstep.bench.work.StepByHand;
import org.fewstep.kernels.cpu.Provider;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A solver's step on 64 samples of 3x32x32 against loops written by hand, turn by turn in one JVM. The score is the time
 * of both. {@code engine} and {@code byHand} are the median nanoseconds of each in a sample, added over the samples;
 * engine / byHand is the solver's cost. The heap's pages are touched before: a step makes some small objects, the loops
 * none, and where the system hands out pages late, half of the steps would wait 20 to 30 us for one.
 */
@State(Scope.Benchmark)
@Fork(
        value = 3,
        jvmArgsAppend = {
            Provider.VECTOR_FLAG,
            "--enable-native-access=ALL-UNNAMED",
            "-Xms1g",
            "-Xmx1g",
            "-XX:+AlwaysPreTouch"
        })
public class StepBenchmark extends ShortSamples {
    @Param({"dpmpp-2m", "dpmpp-3m", "unipc-3", "sa-3-4"})
    public String solver = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    private @Nullable SolverStep engine;
    private @Nullable StepByHand byHand;

    /** Times of the steps of a sample. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Nanos {
        private final MedianNanos engines = new MedianNanos();
        private final MedianNanos hands = new MedianNanos();

        /** A new sample. */
        @Setup(Level.Iteration)
        public void start() {
            engines.clear();
            hands.clear();
        }

        /** Median nanoseconds of this engine's step. */
        public long engine() {
            return engines.median();
        }

        /** Median nanoseconds of the loops. */
        public long byHand() {
            return hands.median();
        }
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
        nanos.engines.add(between - start);
        nanos.hands.add(System.nanoTime() - between);
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
