package org.fewstep.bench.solvers;

import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.MnistForward;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.bench.work.SolverStep;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A solver's step without its evaluation, and one evaluation of a network, turn by turn in one JVM on 64 images of MNIST's
 * size. {@code step} and {@code evaluation} are the median nanoseconds of each in a sample, added over the samples; step /
 * evaluation is what the solver adds to the network: its sums, its bookkeeping and the buffers that they take.
 */
@State(Scope.Benchmark)
public class SolverCostBenchmark extends ShortSamples {
    private static final int BATCH = 64;

    @Param({"dpmpp-2m", "unipc-3", "sa-3-4"})
    public String solver = "";

    @Param({"unet", "residual-mlp"})
    public String network = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    private @Nullable SolverStep step;
    private @Nullable MnistForward forward;

    /** Times of a sample. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Nanos {
        private final MedianNanos steps = new MedianNanos();
        private final MedianNanos evaluations = new MedianNanos();

        /** A new sample. */
        @Setup(Level.Iteration)
        public void start() {
            steps.clear();
            evaluations.clear();
        }

        /** Median nanoseconds of the solver's step. */
        public long step() {
            return steps.median();
        }

        /** Median nanoseconds of the network's evaluation. */
        public long evaluation() {
            return evaluations.median();
        }
    }

    /** Makes both. */
    @Setup
    public void open() {
        step = new SolverStep(EngineDevice.open(provider, threads), solver, MnistForward.shape(BATCH));
        forward = new MnistForward(EngineDevice.open(provider, threads), network, BATCH);
    }

    /** One of each. */
    @Benchmark
    public Object run(Nanos nanos) {
        if (step == null || forward == null) {
            throw new IllegalStateException("benchmark: got no work; expected open before run");
        }
        long start = System.nanoTime();
        Object velocity = forward.once();
        long between = System.nanoTime();
        Object state = step.once();
        nanos.steps.add(System.nanoTime() - between);
        nanos.evaluations.add(between - start);
        return velocity == state ? start : state;
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        if (step != null && forward != null) {
            step.close();
            forward.close();
        }
    }
}
