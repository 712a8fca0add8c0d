package org.fewstep.bench.ops;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.PointwiseWork;
import org.openjdk.jmh.annotations.Param;

/** A function of each of 131,072 numbers. */
public class PointwiseBenchmark extends EngineBenchmark {
    @Param({"silu", "gelu", "exp"})
    public String function = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return new PointwiseWork(EngineDevice.open(provider, threads), function);
    }
}
