package org.fewstep.train;

import java.util.List;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Coupling;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Network;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A loss for the student of a run, which must play the loss's role.
 *
 * @param role of the network
 * @param loss for that role
 */
record RoleLoss<N, D>(Class<N> role, Loss<N, D> loss) implements Loss<Network, D> {
    @Override
    public D draw(Batch batch, Rng rng, int step) {
        return loss.draw(batch, rng, step);
    }

    @Override
    public LossResult loss(Network student, D draw) {
        if (!role.isInstance(student)) {
            throw new IllegalArgumentException(
                    "train: got " + student.getClass().getSimpleName() + " for "
                            + loss.getClass().getSimpleName() + "; expected a " + role.getSimpleName());
        }
        return loss.loss(role.cast(student), draw);
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
