package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Coupling;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Cond;
import org.fewstep.model.DropoutSeed;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A loss of velocities or flow maps for the student of a run, which is called with the dropout of the step.
 *
 * @param <D> draw of the loss
 */
final class StudentLoss<D> implements Loss<Network, StudentLoss.Draw<D>> {
    private final Loss<? super FlowMapNet, D> loss;

    /**
     * The randomness of a step.
     *
     * @param inner of the loss
     * @param dropout of the student
     */
    record Draw<D>(D inner, DropoutSeed dropout) {}

    /** The student in training. */
    private record Dropping(FlowNetwork net, DropoutSeed seed) implements FlowMapNet {
        @Override
        public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
            return net.u(x, from, to, cond.withDropout(seed));
        }
    }

    private StudentLoss(Loss<? super FlowMapNet, D> loss) {
        this.loss = loss;
    }

    static <D> StudentLoss<D> of(Loss<? super FlowMapNet, D> loss) {
        return new StudentLoss<>(loss);
    }

    /** The loss itself. */
    Loss<? super FlowMapNet, D> inner() {
        return loss;
    }

    @Override
    public Draw<D> draw(Batch batch, Rng rng, int step) {
        return new Draw<>(
                loss.draw(batch, rng, step), DropoutSeed.of(batch.x0().device(), rng.stream("dropout"), 0, step));
    }

    @Override
    public List<Tensor> inputs(Draw<D> draw) {
        List<Tensor> inner = loss.inputs(draw.inner());
        if (inner.isEmpty()) {
            return inner;
        }
        List<Tensor> inputs = new ArrayList<>(inner);
        inputs.add(draw.dropout().counter());
        return inputs;
    }

    @Override
    public LossResult loss(Network student, Draw<D> draw) {
        if (!(student instanceof FlowNetwork net)) {
            throw new IllegalArgumentException(
                    "train: got " + student.getClass().getSimpleName() + " for "
                            + loss.getClass().getSimpleName() + "; expected a network with times");
        }
        return loss.loss(new Dropping(net, draw.dropout()), draw.inner());
    }

    @Override
    public Coupling coupling() {
        return loss.coupling();
    }

    @Override
    public Draw<D> slice(Draw<D> draw, int from, int to) {
        return new Draw<>(loss.slice(draw.inner(), from, to), draw.dropout().behind(from));
    }
}
