package org.fewstep.bench.peers.nd4j;

import java.util.List;
import org.fewstep.bench.work.Agreement;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.PointwiseWork;
import org.fewstep.bench.work.ShortSamples;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Swish;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A function of each of 131,072 numbers into a given result. Its GELU is another function and not timed. */
@State(Scope.Benchmark)
public class PointwiseBenchmark extends ShortSamples {
    @Param({"silu", "exp"})
    public String function = "";

    @Param("1")
    public int threads;

    private @Nullable INDArray x;
    private @Nullable INDArray y;

    /** Fills the operand and compares the result. */
    @Setup
    public void open() {
        Nd4jThreads.use(threads);
        x = Nd4j.create(PointwiseWork.input());
        y = Nd4j.create(new float[PointwiseWork.POINTS]);
        try (PointwiseWork ours = new PointwiseWork(EngineDevice.reference(), function)) {
            float[] theirs = run().data().asFloat();
            Agreement.require("PointwiseWork by ND4J", ours.numbers(1), List.of(theirs), PointwiseWork.TOLERANCE);
        }
    }

    /** y = function(x). */
    @Benchmark
    public INDArray run() {
        if (x == null || y == null) {
            throw new IllegalStateException("benchmark: got no operands; expected open before run");
        }
        return switch (function) {
            case "silu" -> Nd4j.exec(new Swish(x, y));
            case "exp" -> Nd4j.exec(new Exp(x, y));
            default -> throw PointwiseWork.unknown(function);
        };
    }
}
