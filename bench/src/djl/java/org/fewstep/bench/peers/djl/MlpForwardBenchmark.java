package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MlpForward;
import org.fewstep.bench.work.MlpNetwork;
import org.openjdk.jmh.annotations.Param;

/** The MLP's output. */
public class MlpForwardBenchmark extends TorchBenchmark {
    @Param({"1", "256"})
    public int batch;

    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, batch);
    }

    @Override
    EngineWork ours() {
        return new MlpForward(EngineDevice.reference(), batch);
    }

    @Override
    double tolerance() {
        return MlpForward.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final Parameters parameters = new Parameters(this, TorchMlp.weights(), false);
        private final NDArray x;

        Work(int threads, int batch) {
            super(threads);
            x = operand(MlpNetwork.input(batch), batch, MlpNetwork.IN);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(TorchMlp.of(parameters, x));
        }
    }
}
