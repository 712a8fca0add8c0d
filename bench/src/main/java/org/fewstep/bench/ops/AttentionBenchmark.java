package org.fewstep.bench.ops;

import org.fewstep.bench.work.AttentionWork;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Pass;
import org.openjdk.jmh.annotations.Param;

/** Self-attention, its value alone or with its gradient. */
public class AttentionBenchmark extends EngineBenchmark {
    @Param({"forward", "gradient"})
    public String pass = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("2")
    public int threads;

    @Override
    protected EngineWork open() {
        return new AttentionWork(EngineDevice.open(provider, threads), Pass.of(pass));
    }
}
