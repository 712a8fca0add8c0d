package org.fewstep.bench.networks;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MlpForward;
import org.fewstep.bench.work.Mode;
import org.fewstep.bench.work.Replayed;
import org.openjdk.jmh.annotations.Param;

/** The MLP's output: for one sample, as in an application that generates one, and for 256. */
public class MlpForwardBenchmark extends EngineBenchmark {
    @Param({"1", "256"})
    public int batch;

    @Param({"eager", "replayed"})
    public String mode = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return Replayed.in(Mode.of(mode), new MlpForward(EngineDevice.open(provider, threads), batch));
    }
}
