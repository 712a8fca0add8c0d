package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import java.util.concurrent.TimeUnit;
import org.fewstep.bench.work.DitNetwork;
import org.fewstep.bench.work.DitStep;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Mode;
import org.fewstep.bench.work.TrainingStep;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/** A training step of the DiT, warmed up and sampled as long as this engine's. */
@Warmup(iterations = 30, time = 600, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 30, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class DitStepBenchmark extends TorchBenchmark {
    @Param("16")
    public int batch;

    @Param("2")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, batch, false);
    }

    @Override
    TorchWork exact() {
        return new Work(threads, batch, true);
    }

    @Override
    EngineWork ours() {
        return new DitStep(EngineDevice.reference(), Mode.EAGER, batch);
    }

    @Override
    double tolerance() {
        return TrainingStep.TOLERANCE;
    }

    @Override
    int compared() {
        return TrainingStep.COMPARED;
    }

    private static final class Work extends TorchStep {
        private final TorchDit net;
        private final NDArray x;
        private final NDArray t;
        private final NDArray target;

        Work(int threads, int batch, boolean exact) {
            super(threads, TorchDit.weights());
            net = new TorchDit(this, parameters(), exact);
            x = operand(DitNetwork.input(batch), batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
            t = operand(DitNetwork.times(batch), batch);
            target = constant(DitNetwork.target(batch), batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
        }

        @Override
        NDArray loss() {
            return net.of(x, t).sub(target).square().mean();
        }
    }
}
