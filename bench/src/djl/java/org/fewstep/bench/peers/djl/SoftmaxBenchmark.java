package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.Sizes;
import org.fewstep.bench.work.SoftmaxWork;
import org.openjdk.jmh.annotations.Param;

/** Softmax of rows. */
public class SoftmaxBenchmark extends TorchBenchmark {
    /** Rows x columns. */
    @Param({"1024x64", "4096x1024"})
    public String shape = "";

    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, Sizes.of(shape, 2));
    }

    @Override
    EngineWork ours() {
        return new SoftmaxWork(EngineDevice.reference(), Sizes.of(shape, 2));
    }

    @Override
    double tolerance() {
        return SoftmaxWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final NDArray x;

        Work(int threads, int[] sizes) {
            super(threads);
            x = operand(SoftmaxWork.input(sizes), sizes[0], sizes[1]);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(x.softmax(-1));
        }
    }
}
