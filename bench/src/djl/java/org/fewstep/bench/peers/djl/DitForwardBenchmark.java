package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.DitForward;
import org.fewstep.bench.work.DitNetwork;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.openjdk.jmh.annotations.Param;

/** The DiT's velocity. */
public class DitForwardBenchmark extends TorchBenchmark {
    @Param({"1", "16"})
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
        return new DitForward(EngineDevice.reference(), batch);
    }

    @Override
    double tolerance() {
        return DitForward.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final TorchDit net;
        private final NDArray x;
        private final NDArray t;

        Work(int threads, int batch, boolean exact) {
            super(threads);
            net = new TorchDit(this, new Parameters(this, TorchDit.weights(), false), exact);
            x = operand(DitNetwork.input(batch), batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
            t = operand(DitNetwork.times(batch), batch);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(net.of(x, t));
        }
    }
}
