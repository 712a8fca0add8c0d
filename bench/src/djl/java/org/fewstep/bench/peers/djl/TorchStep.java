package org.fewstep.bench.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Map;
import org.fewstep.bench.work.Adam;
import org.fewstep.bench.work.Published;
import org.fewstep.bench.work.TrainingStep;

/** A training step on libtorch: loss, gradients, loss read and found finite, DJL's Adam. The result is the loss. */
abstract class TorchStep extends TorchWork {
    private final Parameters parameters;
    private final Optimizer adam = adam(TrainingStep.RATE);

    TorchStep(int threads, Map<String, Published> network) {
        super(threads);
        this.parameters = new Parameters(this, network, true);
    }

    /** DJL's Adam with the constants of this engine's. */
    static Optimizer adam(double rate) {
        return Optimizer.adam()
                .optLearningRateTracker(Tracker.fixed((float) rate))
                .optBeta1((float) Adam.BETA1)
                .optBeta2((float) Adam.BETA2)
                .optEpsilon((float) Adam.EPS)
                .build();
    }

    final Parameters parameters() {
        return parameters;
    }

    /** The objective. */
    abstract NDArray loss();

    @Override
    final NDList run(NDManager step) {
        NDArray loss;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            loss = loss();
            collector.backward(loss);
        }
        if (!Float.isFinite(loss.getFloat())) {
            throw new IllegalStateException("training step: got loss " + loss.getFloat() + "; expected a finite one");
        }
        parameters.trained().forEach((name, p) -> {
            // The update also sets the gradient to zero.
            try (NDArray g = p.getGradient()) {
                adam.update(name, p, g);
            }
        });
        return new NDList(loss);
    }
}
