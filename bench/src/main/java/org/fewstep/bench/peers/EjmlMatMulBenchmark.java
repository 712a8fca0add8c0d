package org.fewstep.bench.peers;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.RandomMatrices_FDRM;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** EJML's own F32 product of the sizes of MatMulBenchmark, into a given result, one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EjmlMatMulBenchmark {
    /** Sizes m,k,n. */
    @Param({"256,256,256", "512,128,128", "128,784,512", "512,4,128", "1,256,256"})
    public String sizes = "";

    private FMatrixRMaj a = new FMatrixRMaj(1, 1);
    private FMatrixRMaj b = new FMatrixRMaj(1, 1);
    private FMatrixRMaj c = new FMatrixRMaj(1, 1);

    /** Fills the operands. */
    @Setup
    public void open() {
        String[] s = sizes.split(",");
        Random random = new Random(1);
        a = RandomMatrices_FDRM.rectangle(Integer.parseInt(s[0]), Integer.parseInt(s[1]), random);
        b = RandomMatrices_FDRM.rectangle(Integer.parseInt(s[1]), Integer.parseInt(s[2]), random);
        c = new FMatrixRMaj(a.numRows, b.numCols);
    }

    /** C = A B. */
    @Benchmark
    public FMatrixRMaj mult() {
        return CommonOps_FDRM.mult(a, b, c);
    }
}
