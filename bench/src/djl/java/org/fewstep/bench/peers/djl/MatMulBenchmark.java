package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.MatMulWork;
import org.fewstep.bench.work.Sizes;
import org.openjdk.jmh.annotations.Param;

/** libtorch's product; it makes a fresh result each time, as DJL offers no other. */
public class MatMulBenchmark extends TorchBenchmark {
    /** m x k x n. */
    @Param({"256x256x256", "512x512x512", "1024x1024x1024"})
    public String sizes = "";

    @Param({"1", "2"})
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, Sizes.of(sizes, 3));
    }

    @Override
    EngineWork ours() {
        return new MatMulWork(EngineDevice.reference(), Sizes.of(sizes, 3));
    }

    @Override
    double tolerance() {
        return MatMulWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final NDArray a;
        private final NDArray b;

        Work(int threads, int[] sizes) {
            super(threads);
            a = operand(MatMulWork.left(sizes), sizes[0], sizes[1]);
            b = constant(MatMulWork.right(sizes), sizes[1], sizes[2]);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(a.matMul(b));
        }
    }
}
