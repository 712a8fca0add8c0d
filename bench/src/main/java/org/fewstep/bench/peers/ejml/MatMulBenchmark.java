package org.fewstep.bench.peers.ejml;

import java.util.List;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
import org.fewstep.bench.work.Agreement;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.MatMulWork;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.bench.work.Sizes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** EJML's product into a given result: {@code CommonOps_FDRM.mult}, on two threads {@code CommonOps_MT_FDRM.mult}. */
@State(Scope.Benchmark)
public class MatMulBenchmark extends ShortSamples {
    /** m x k x n. */
    @Param({"256x256x256", "512x512x512", "1024x1024x1024"})
    public String sizes = "";

    @Param({"1", "2"})
    public int threads;

    private FMatrixRMaj a = new FMatrixRMaj(1, 1);
    private FMatrixRMaj b = new FMatrixRMaj(1, 1);
    private FMatrixRMaj c = new FMatrixRMaj(1, 1);

    /** Fills the operands and compares the product. */
    @Setup
    public void open() {
        int[] mkn = Sizes.of(sizes, 3);
        EjmlConcurrency.setMaxThreads(threads);
        a = FMatrixRMaj.wrap(mkn[0], mkn[1], MatMulWork.left(mkn));
        b = FMatrixRMaj.wrap(mkn[1], mkn[2], MatMulWork.right(mkn));
        c = new FMatrixRMaj(mkn[0], mkn[2]);
        try (MatMulWork ours = new MatMulWork(EngineDevice.reference(), mkn)) {
            Agreement.require(
                    "matmul " + sizes + " by EJML", ours.numbers(1), List.of(run().data), MatMulWork.TOLERANCE);
        }
    }

    /** C = A B. */
    @Benchmark
    public FMatrixRMaj run() {
        return threads == 1 ? CommonOps_FDRM.mult(a, b, c) : CommonOps_MT_FDRM.mult(a, b, c);
    }
}
