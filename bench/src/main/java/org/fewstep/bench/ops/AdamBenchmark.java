package org.fewstep.bench.ops;

import org.fewstep.bench.work.AdamWork;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.openjdk.jmh.annotations.Param;

/** One Adam update of a DiT's parameters. */
public class AdamBenchmark extends EngineBenchmark {
    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return new AdamWork(EngineDevice.open(provider, threads));
    }
}
