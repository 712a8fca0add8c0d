package org.fewstep.train;

import java.util.List;
import java.util.function.Function;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Coupling;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A loss of networks that are parts of the one in training.
 *
 * @param loss of the parts
 * @param parts of the network
 */
record MappedLoss<M, N, D>(Loss<N, D> loss, Function<M, N> parts) implements Loss<M, D> {
    @Override
    public D draw(Batch batch, Rng rng, int step) {
        return loss.draw(batch, rng, step);
    }

    @Override
    public LossResult loss(M network, D draw) {
        return loss.loss(parts.apply(network), draw);
    }

    @Override
    public List<Tensor> inputs(D draw) {
        return loss.inputs(draw);
    }

    @Override
    public int branch(D draw) {
        return loss.branch(draw);
    }

    @Override
    public Coupling coupling() {
        return loss.coupling();
    }

    @Override
    public D slice(D draw, int from, int to) {
        return loss.slice(draw, from, to);
    }
}
