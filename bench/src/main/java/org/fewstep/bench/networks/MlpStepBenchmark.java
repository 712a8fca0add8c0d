package org.fewstep.bench.networks;

import java.util.concurrent.TimeUnit;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MlpStep;
import org.fewstep.bench.work.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step of the MLP.
 *
 * <p>Some hundred steps pass before the loops that a step calls once are compiled; until then they make objects. After
 * some 1,500 steps the network knows its one batch by heart, and its numbers make a step ever slower, with every provider
 * of this engine: warm-up and samples end before.
 */
@Warmup(iterations = 30, time = 120, timeUnit = TimeUnit.MILLISECONDS)
public class MlpStepBenchmark extends EngineBenchmark {
    @Param("1024")
    public int batch;

    @Param({"eager", "replayed"})
    public String mode = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param({"1", "2"})
    public int threads;

    @Override
    protected EngineWork open() {
        return new MlpStep(EngineDevice.open(provider, threads), Mode.of(mode), batch);
    }
}
