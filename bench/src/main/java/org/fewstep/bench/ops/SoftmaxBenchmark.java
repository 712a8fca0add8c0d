package org.fewstep.bench.ops;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Sizes;
import org.fewstep.bench.work.SoftmaxWork;
import org.openjdk.jmh.annotations.Param;

/** Softmax of rows. */
public class SoftmaxBenchmark extends EngineBenchmark {
    /** Rows x columns. */
    @Param({"1024x64", "4096x1024"})
    public String shape = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return new SoftmaxWork(EngineDevice.open(provider, threads), Sizes.of(shape, 2));
    }
}
