package org.fewstep.bench.networks;

import java.util.concurrent.TimeUnit;
import org.fewstep.bench.work.DitStep;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Mode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step of the DiT.
 *
 * <p>Some hundred steps pass before the loops that a step calls once are compiled; until then they make objects. A sample
 * has a dozen steps, so that the kilobytes which JMH makes in one are spread over them.
 */
@Warmup(iterations = 30, time = 600, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 30, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class DitStepBenchmark extends EngineBenchmark {
    @Param("16")
    public int batch;

    @Param({"eager", "replayed"})
    public String mode = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("2")
    public int threads;

    @Override
    protected EngineWork open() {
        return new DitStep(EngineDevice.open(provider, threads), Mode.of(mode), batch);
    }
}
