package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.PointwiseWork;
import org.openjdk.jmh.annotations.Param;

/** A function of each of 131,072 numbers; SiLU as x sigmoid(x). */
public class PointwiseBenchmark extends TorchBenchmark {
    @Param({"silu", "gelu", "exp"})
    public String function = "";

    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, function);
    }

    @Override
    EngineWork ours() {
        return new PointwiseWork(EngineDevice.reference(), function);
    }

    @Override
    double tolerance() {
        return PointwiseWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final String function;
        private final NDArray x = operand(PointwiseWork.input(), PointwiseWork.POINTS);

        Work(int threads, String function) {
            super(threads);
            this.function = function;
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(
                    switch (function) {
                        case "silu" -> Torch.silu(x);
                        case "gelu" -> Activation.gelu(x);
                        case "exp" -> x.exp();
                        default -> throw PointwiseWork.unknown(function);
                    });
        }
    }
}
