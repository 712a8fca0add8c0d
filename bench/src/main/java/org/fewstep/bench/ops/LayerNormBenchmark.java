package org.fewstep.bench.ops;

import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.LayerNormWork;
import org.fewstep.bench.work.Sizes;
import org.openjdk.jmh.annotations.Param;

/** Layer normalisation of rows, plain or with scale and shift. */
public class LayerNormBenchmark extends EngineBenchmark {
    /** Rows x columns. */
    @Param({"1024x64", "1024x256"})
    public String shape = "";

    /** Whether scale and shift follow. */
    @Param({"false", "true"})
    public boolean affine;

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    @Override
    protected EngineWork open() {
        return new LayerNormWork(EngineDevice.open(provider, threads), Sizes.of(shape, 2), affine);
    }
}
