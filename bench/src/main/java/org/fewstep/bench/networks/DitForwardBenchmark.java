package org.fewstep.bench.networks;

import org.fewstep.bench.work.DitForward;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Mode;
import org.fewstep.bench.work.Replayed;
import org.openjdk.jmh.annotations.Param;

/** The DiT's velocity for one image and for 16. */
public class DitForwardBenchmark extends EngineBenchmark {
    @Param({"1", "16"})
    public int batch;

    @Param({"eager", "replayed"})
    public String mode = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("2")
    public int threads;

    @Override
    protected EngineWork open() {
        return Replayed.in(Mode.of(mode), new DitForward(EngineDevice.open(provider, threads), batch));
    }
}
