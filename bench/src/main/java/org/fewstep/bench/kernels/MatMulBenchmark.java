package org.fewstep.bench.kernels;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MatMulWork;
import org.fewstep.bench.work.Sizes;
import org.openjdk.jmh.annotations.Param;

/** The F32 product of (m, k) and (k, n) into a given result; 2 m k n flops a call. */
public class MatMulBenchmark extends EngineBenchmark {
    /** m x k x n. */
    @Param({"256x256x256", "512x512x512", "1024x1024x1024"})
    public String sizes = "";

    /** The loops too: what is left without the vector module. */
    @Param({EngineDevice.DEFAULT, "loops"})
    public String provider = "";

    @Param({"1", "2"})
    public int threads;

    @Override
    protected EngineWork open() {
        return new MatMulWork(EngineDevice.open(provider, threads), Sizes.of(sizes, 3));
    }
}
