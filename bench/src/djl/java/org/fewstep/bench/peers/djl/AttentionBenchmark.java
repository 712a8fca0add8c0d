package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.AttentionWork;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Pass;
import org.openjdk.jmh.annotations.Param;

/** Self-attention by two products and a softmax, its value alone or with its gradient. */
public class AttentionBenchmark extends TorchBenchmark {
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
        return new AttentionWork(EngineDevice.reference(), Pass.of(pass));
    }

    @Override
    double tolerance() {
        return AttentionWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final Pass pass;
        private final NDArray qkv =
                operand(AttentionWork.input(), AttentionWork.BATCH, AttentionWork.TOKENS, 3 * AttentionWork.WIDTH);
        private final NDArray g =
                constant(AttentionWork.cotangent(), AttentionWork.BATCH, AttentionWork.TOKENS, AttentionWork.WIDTH);

        Work(int threads, Pass pass) {
            super(threads);
            this.pass = pass;
        }

        @Override
        NDList run(NDManager step) {
            return switch (pass) {
                case FORWARD -> new NDList(Torch.selfAttention(qkv, AttentionWork.HEADS));
                case GRADIENT ->
                    Torch.gradient(
                            x -> Torch.selfAttention(x.get(0), AttentionWork.HEADS)
                                    .mul(g)
                                    .sum(),
                            qkv);
            };
        }
    }
}
