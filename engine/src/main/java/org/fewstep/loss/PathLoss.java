package org.fewstep.loss;

import java.util.List;
import org.fewstep.path.Path;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loss on single samples of a path between noise and data, which needs nothing random beside data, noise, times and
 * labels.
 *
 * @param <N> the network
 */
abstract class PathLoss<N> implements Loss<N, FlowMatching.Draw> {
    private final PathSampling sampling;

    PathLoss(String name, Path path, FlowMatching.Config config) {
        this.sampling = new PathSampling(name, path, config);
    }

    @Override
    public FlowMatching.Draw draw(Batch batch, Rng rng, int step) {
        return sampling.draw(batch, rng, step);
    }

    /** The draw of given numbers: data and noise (B, ...), times (B), labels (B) after dropout or null. */
    public FlowMatching.Draw draw(Tensor x0, Tensor eps, double[] t, int @Nullable [] labels) {
        return sampling.draw(x0, eps, t, labels);
    }

    @Override
    public List<Tensor> inputs(FlowMatching.Draw draw) {
        return sampling.inputs(draw);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public FlowMatching.Draw slice(FlowMatching.Draw draw, int from, int to) {
        return sampling.part(draw, from, to);
    }
}
