package org.fewstep.train;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.Device;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Network;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Carries out steps in two halves: loss with gradients, then the update. Steps of the first one's shape are replayed where
 * the loss names its inputs; the bits are the same either way.
 *
 * @param <D> the loss's draw
 */
final class TrainingStep<D> implements AutoCloseable {
    private final Device device;
    private final Loss<? super Network, D> loss;
    private final Rng draws;
    private final TrainState state;
    private final boolean replay;
    private @Nullable RecordedStep recorded;
    private @Nullable List<Tensor> gradients;

    /**
     * Says what to do.
     *
     * @param draws source of the draws, a function of the step
     * @param replay false to run each step anew
     */
    TrainingStep(Device device, Loss<? super Network, D> loss, Rng draws, TrainState state, boolean replay) {
        this.device = device;
        this.loss = loss;
        this.draws = draws;
        this.state = state;
        this.replay = replay;
    }

    /** Loss and gradients of step n, counted from 0, into what {@link TrainState#measured} reads; slots are staged. */
    void measure(Batch batch, long n) {
        D draw = draw(batch, n);
        List<Tensor> inputs = replay ? loss.inputs(draw) : List.of();
        RecordedStep known = recorded;
        if (known != null && known.fits(inputs)) {
            gradients = null;
            known.measure(inputs);
        } else if (known == null && !inputs.isEmpty()) {
            gradients = null;
            recorded = new RecordedStep(device, inputs, () -> work(draw));
        } else {
            gradients = work(draw);
        }
    }

    private List<Tensor> work(D draw) {
        LossResult result = loss.loss(state.student(), draw);
        List<Tensor> found = Grad.of(result.total(), state.leaves());
        state.measure(found, result);
        return found;
    }

    /** The update for the gradients measured last, in the same scope. */
    void update() {
        List<Tensor> anew = gradients;
        RecordedStep known = recorded;
        if (anew != null) {
            state.update(anew);
            gradients = null;
        } else if (known != null) {
            known.update(state);
        } else {
            throw new IllegalStateException("training step: got an update without gradients; expected measure first");
        }
    }

    /** The loss of step n run anew, recording nothing. */
    LossResult loss(Batch batch, long n) {
        return loss.loss(state.student(), draw(batch, n));
    }

    private D draw(Batch batch, long n) {
        return loss.draw(batch, draws, Math.toIntExact(n));
    }

    @Override
    public void close() {
        RecordedStep known = recorded;
        if (known != null) {
            known.close();
            recorded = null;
        }
    }
}
