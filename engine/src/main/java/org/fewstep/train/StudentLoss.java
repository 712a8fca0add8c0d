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
import org.fewstep.model.TwoHeadNet;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A loss of velocities, flow maps or what is made of them for the student of a run, which is called with the dropout of the
 * step.
 *
 * @param <N> networks of the loss
 * @param <D> draw of the loss
 */
final class StudentLoss<N, D> implements Loss<Network, StudentLoss.Draw<D>> {
    private final Loss<? super N, D> loss;
    private final Cast<? extends N> cast;

    /**
     * The randomness of a step.
     *
     * @param inner of the loss
     * @param dropout of the student
     */
    record Draw<D>(D inner, DropoutSeed dropout) {}

    /**
     * The student with the dropout of a step.
     *
     * @param network the student
     * @param dropout of the step
     */
    record Student(FlowNetwork network, DropoutSeed dropout) implements FlowMapNet {
        @Override
        public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
            return network.u(x, from, to, cond.withDropout(dropout));
        }

        /** Both heads of a student that has one for the velocity. */
        TwoHeadNet heads() {
            return (x, from, to, cond, interval) ->
                    network.heads(x, from, to, cond.withInterval(interval).withDropout(dropout));
        }
    }

    /** Gives networks the dropout of a step. */
    @FunctionalInterface
    interface Dropping {
        /** The network as the loss calls it. */
        FlowMapNet of(FlowNetwork network);
    }

    /**
     * Fills the roles of a loss.
     *
     * @param <N> the networks
     */
    @FunctionalInterface
    interface Cast<N> {
        /**
         * The networks of a step.
         *
         * @param student with the dropout of the step
         * @param dropping gives others the same
         */
        N of(Student student, Dropping dropping);
    }

    private StudentLoss(Loss<? super N, D> loss, Cast<? extends N> cast) {
        this.loss = loss;
        this.cast = cast;
    }

    /** A loss of the student alone. */
    static <D> StudentLoss<FlowMapNet, D> of(Loss<? super FlowMapNet, D> loss) {
        return new StudentLoss<>(loss, (student, dropping) -> student);
    }

    /** A loss of several networks. */
    static <N, D> StudentLoss<N, D> of(Loss<N, D> loss, Cast<N> cast) {
        return new StudentLoss<>(loss, cast);
    }

    /** The loss itself. */
    Loss<? super N, D> inner() {
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
    public int branch(Draw<D> draw) {
        return loss.branch(draw.inner());
    }

    @Override
    public LossResult loss(Network student, Draw<D> draw) {
        if (!(student instanceof FlowNetwork net)) {
            throw new IllegalArgumentException(
                    "train: got " + student.getClass().getSimpleName() + " for "
                            + loss.getClass().getSimpleName() + "; expected a network with times");
        }
        Dropping dropping = network -> new Student(network, draw.dropout());
        return loss.loss(cast.of(new Student(net, draw.dropout()), dropping), draw.inner());
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
