package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import java.util.concurrent.TimeUnit;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MlpNetwork;
import org.fewstep.bench.work.MlpStep;
import org.fewstep.bench.work.Mode;
import org.fewstep.bench.work.TrainingStep;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/** A training step of the MLP, warmed up as long as this engine's. */
@Warmup(iterations = 30, time = 120, timeUnit = TimeUnit.MILLISECONDS)
public class MlpStepBenchmark extends TorchBenchmark {
    @Param("1024")
    public int batch;

    @Param({"1", "2"})
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, batch);
    }

    @Override
    EngineWork ours() {
        return new MlpStep(EngineDevice.reference(), Mode.EAGER, batch);
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
        private final NDArray x;
        private final NDArray target;

        Work(int threads, int batch) {
            super(threads, TorchMlp.weights());
            x = operand(MlpNetwork.input(batch), batch, MlpNetwork.IN);
            target = constant(MlpNetwork.target(batch), batch, MlpNetwork.OUT);
        }

        @Override
        NDArray loss() {
            return TorchMlp.of(parameters(), x).sub(target).square().mean();
        }
    }
}
