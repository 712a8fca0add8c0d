package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.ConvWork;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Pass;
import org.openjdk.jmh.annotations.Param;

/** libtorch's convolution (oneDNN), its value alone or with its gradients. */
public class ConvBenchmark extends TorchBenchmark {
    @Param({"forward", "gradient"})
    public String pass = "";

    @Param("2")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, Pass.of(pass));
    }

    @Override
    EngineWork ours() {
        return new ConvWork(EngineDevice.reference(), Pass.of(pass));
    }

    @Override
    double tolerance() {
        return ConvWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private static final int SIDE = ConvWork.SIDE;

        private final Pass pass;
        private final NDArray x = operand(ConvWork.input(), ConvWork.BATCH, ConvWork.CHANNELS, SIDE, SIDE);
        private final NDArray w =
                operand(ConvWork.weights(), ConvWork.CHANNELS, ConvWork.CHANNELS, ConvWork.KERNEL, ConvWork.KERNEL);
        private final NDArray g = constant(ConvWork.cotangent(), ConvWork.BATCH, ConvWork.CHANNELS, SIDE, SIDE);

        Work(int threads, Pass pass) {
            super(threads);
            this.pass = pass;
        }

        @Override
        NDList run(NDManager step) {
            return switch (pass) {
                case FORWARD -> new NDList(Torch.conv2d(x, w, null, 1, 1));
                case GRADIENT ->
                    Torch.gradient(
                            xw -> Torch.conv2d(xw.get(0), xw.get(1), null, 1, 1)
                                    .mul(g)
                                    .sum(),
                            x,
                            w);
            };
        }
    }
}
