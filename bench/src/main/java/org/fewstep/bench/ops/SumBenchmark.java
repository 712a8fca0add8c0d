package org.fewstep.bench.ops;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.SumWork;
import org.openjdk.jmh.annotations.Param;

/** The sum of 131,072 numbers. */
public class SumBenchmark extends EngineBenchmark {
    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return new SumWork(EngineDevice.open(provider, threads));
    }
}
