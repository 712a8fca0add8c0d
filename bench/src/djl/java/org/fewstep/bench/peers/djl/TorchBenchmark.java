package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDList;
import org.fewstep.bench.work.Agreement;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.ShortSamples;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark of libtorch: compares its results with this engine's, then does the work. */
@State(Scope.Benchmark)
public abstract class TorchBenchmark extends ShortSamples {
    private @Nullable TorchWork work;

    /** The work on libtorch. */
    abstract TorchWork open();

    /** The same work on this engine. */
    abstract EngineWork ours();

    /** Relative tolerance of the comparison. */
    abstract double tolerance();

    /** Repetitions whose results are compared: more than one where the work changes its state. */
    int compared() {
        return 1;
    }

    /** The work that is compared, where that is not the work that is timed; the caller closes it. */
    @Nullable
    TorchWork exact() {
        return null;
    }

    /** Opens and compares. */
    @Setup
    public final void setUp() {
        TorchWork timed = open();
        work = timed;
        try (EngineWork ours = ours();
                TorchWork exact = exact()) {
            Agreement.require(
                    ours.getClass().getSimpleName() + " by libtorch",
                    ours.numbers(compared()),
                    (exact == null ? timed : exact).numbers(compared()),
                    tolerance());
        }
    }

    /** The work, once. */
    @Benchmark
    public NDList run() {
        TorchWork open = work;
        if (open == null) {
            throw new IllegalStateException("benchmark: got no work; expected setUp before run");
        }
        return open.once();
    }

    @TearDown
    public final void tearDown() {
        if (work != null) {
            work.close();
            work = null;
        }
    }
}
