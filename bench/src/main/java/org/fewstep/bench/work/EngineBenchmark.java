package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark of this engine: opens its work as the parameters say and does it. */
@State(Scope.Benchmark)
public abstract class EngineBenchmark extends ShortSamples {
    private @Nullable EngineWork work;

    /** Makes the work; called once, when the parameters are set. */
    protected abstract EngineWork open();

    @Setup
    public final void setUp() {
        work = open();
    }

    /** The work, once. */
    @Benchmark
    public List<Tensor> run() {
        EngineWork open = work;
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
