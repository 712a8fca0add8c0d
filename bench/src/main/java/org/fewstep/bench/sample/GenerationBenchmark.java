package org.fewstep.bench.sample;

import java.util.List;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.ShortSamples;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Init;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.LinearPath;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelSpec;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Points of a flow map with three hidden layers of 256, from noise to {@code float[]}, by {@link Generator#sample}. */
@State(Scope.Benchmark)
public class GenerationBenchmark extends ShortSamples {
    @Param({"1", "256"})
    public int samples;

    @Param({"1", "4"})
    public int steps;

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("1")
    public int threads;

    private @Nullable CpuDevice device;
    private @Nullable Network network;
    private @Nullable Generator generator;
    private long seed;

    /** Makes the model. */
    @Setup
    public void open() {
        CpuDevice cpu = EngineDevice.open(provider, threads);
        device = cpu;
        NetworkConfig config = NetworkConfig.mlp(2, 256, 3, 2, 0);
        Network net = config.build(new Init(cpu, DType.F32, new Rng(1)));
        network = net;
        generator = Generator.of(new ModelSpec(config, DType.F32, LinearPath.NOISE_AT_ONE, List.of(2)), net);
    }

    /** Other samples each time. */
    @Benchmark
    public float[] run() {
        if (generator == null) {
            throw new IllegalStateException("benchmark: got no generator; expected open before run");
        }
        return generator.sample(samples, steps, seed++);
    }

    /** Gives the model back. */
    @TearDown
    public void close() {
        if (generator != null && network != null && device != null) {
            generator.close();
            network.close();
            device.close();
        }
    }
}
