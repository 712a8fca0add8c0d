package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.bench.work.AdamWork;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.openjdk.jmh.annotations.Param;

/** DJL's Adam on the parameters of the DiT. */
public class AdamBenchmark extends TorchBenchmark {
    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads);
    }

    @Override
    EngineWork ours() {
        return new AdamWork(EngineDevice.reference());
    }

    @Override
    double tolerance() {
        return AdamWork.TOLERANCE;
    }

    @Override
    int compared() {
        return 2;
    }

    private static final class Work extends TorchWork {
        private final Optimizer adam = TorchStep.adam(AdamWork.RATE);
        private final Map<String, NDArray> parameters = new LinkedHashMap<>();
        private final Map<String, NDArray> gradients = new LinkedHashMap<>();

        Work(int threads) {
            super(threads);
            // An update does not look at a matrix' layout: parameters and gradients are in this engine's.
            AdamWork.parameters().forEach((name, values) -> {
                parameters.put(name, constant(values, values.length));
                gradients.put(name, constant(AdamWork.gradient(name, values.length), values.length));
            });
        }

        @Override
        NDList run(NDManager step) {
            parameters.forEach((name, p) -> adam.update(name, p, gradients.get(name)));
            return new NDList(List.copyOf(parameters.values()));
        }
    }
}
