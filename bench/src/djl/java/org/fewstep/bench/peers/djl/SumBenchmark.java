package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.SumWork;
import org.openjdk.jmh.annotations.Param;

/** The sum of 131,072 numbers. */
public class SumBenchmark extends TorchBenchmark {
    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads);
    }

    @Override
    EngineWork ours() {
        return new SumWork(EngineDevice.reference());
    }

    @Override
    double tolerance() {
        return SumWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final NDArray x = operand(SumWork.input(), SumWork.COUNT);

        Work(int threads) {
            super(threads);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(x.sum());
        }
    }
}
