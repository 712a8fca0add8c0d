package org.fewstep.bench.losses;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.loss.Batch;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.MeanFlow;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Draw, loss with its forward-mode pass, and gradient of MeanFlow on 2-D data: batch 512, 3 hidden layers of 128. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class MeanFlowStepBenchmark {
    private static final int BATCH = 512;

    private final Device device = Devices.best();
    private final Rng rng = new Rng(1);
    private final MeanFlow loss = new MeanFlow(MeanFlow.Config.UNCONDITIONAL);
    private final FlowNetwork net = NetworkConfig.mlp(2, 128, 3, 2, 0).build(new Init(device, DType.F32, rng));
    private final List<Tensor> leaves = net.leaves();
    private int step;

    /** Compiles the kernels. */
    @Setup
    public void open() {
        device.warmUp();
    }

    /** One step without the optimizer. */
    @Benchmark
    public double gradient() {
        try (org.fewstep.kernels.Scope scope = device.scope()) {
            step++;
            Tensor x0 = Noise.normal(device, DType.F32, rng.stream("data"), 0, step, Shape.of(BATCH, 2));
            LossResult result = loss.loss(net, loss.draw(new Batch(x0, null), rng, step));
            List<Tensor> g = Grad.of(result.total(), leaves);
            return result.total().item() + g.size();
        }
    }

    /** Gives the parameters back. */
    @TearDown
    public void close() {
        net.close();
    }
}
