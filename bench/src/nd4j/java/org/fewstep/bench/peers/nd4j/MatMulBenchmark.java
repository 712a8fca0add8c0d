package org.fewstep.bench.peers.nd4j;

import java.util.List;
import org.fewstep.bench.work.Agreement;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.MatMulWork;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.bench.work.Sizes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** ND4J's product into a given result, which is column-major, as its {@code mmuli} wants it. */
@State(Scope.Benchmark)
public class MatMulBenchmark extends ShortSamples {
    /** m x k x n. */
    @Param({"256x256x256", "512x512x512", "1024x1024x1024"})
    public String sizes = "";

    @Param({"1", "2"})
    public int threads;

    private @Nullable INDArray a;
    private @Nullable INDArray b;
    private @Nullable INDArray c;

    /** Fills the operands and compares the product. */
    @Setup
    public void open() {
        Nd4jThreads.use(threads);
        int[] mkn = Sizes.of(sizes, 3);
        a = Nd4j.create(MatMulWork.left(mkn), new int[] {mkn[0], mkn[1]}, 'c');
        b = Nd4j.create(MatMulWork.right(mkn), new int[] {mkn[1], mkn[2]}, 'c');
        c = Nd4j.create(new float[mkn[0] * mkn[2]], new int[] {mkn[0], mkn[2]}, 'f');
        try (MatMulWork ours = new MatMulWork(EngineDevice.reference(), mkn)) {
            float[] theirs = run().dup('c').data().asFloat();
            Agreement.require("MatMulWork by ND4J", ours.numbers(1), List.of(theirs), MatMulWork.TOLERANCE);
        }
    }

    /** C = A B. */
    @Benchmark
    public INDArray run() {
        if (a == null || b == null || c == null) {
            throw new IllegalStateException("benchmark: got no operands; expected open before run");
        }
        return a.mmuli(b, c);
    }
}
