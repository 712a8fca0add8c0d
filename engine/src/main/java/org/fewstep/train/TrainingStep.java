package org.fewstep.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Module;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the updates of one player, each in two halves: loss with gradients, then the update. Updates of the shape of
 * the first one of their branch are replayed where the loss names its inputs; the bits are the same either way.
 *
 * @param <M> type of network
 * @param <D> the loss's draw
 */
final class TrainingStep<M extends Module, D> implements AutoCloseable {
    /** Recorded branches of a loss keep their buffers, so that a loss of very many must not have all of them. */
    private static final int MOST_RECORDED = 64;

    private final Device device;
    private final LongFunction<Batch> batches;
    private final Loss<? super M, D> loss;
    private final Rng draws;
    private final Player<M> player;
    private final boolean replay;
    private final Map<Integer, RecordedStep> recorded = new HashMap<>();
    private @Nullable RecordedStep current;
    private @Nullable List<Tensor> gradients;

    /**
     * Says what to do.
     *
     * @param batches data, a function of the update
     * @param draws source of the draws, a function of the update
     * @param replay false to run each update anew
     */
    TrainingStep(
            Device device,
            LongFunction<Batch> batches,
            Loss<? super M, D> loss,
            Rng draws,
            Player<M> player,
            boolean replay) {
        this.device = device;
        this.batches = batches;
        this.loss = loss;
        this.draws = draws;
        this.player = player;
        this.replay = replay;
    }

    /** Name of the player. */
    String name() {
        return player.name();
    }

    /**
     * What an update did.
     *
     * @param lr learning rate
     * @param measured before the update
     */
    record Done(double lr, Player.Measured measured) {}

    /**
     * Carries out update n, counted from 0.
     *
     * @param step number of the step that it is part of, from 1
     * @throws NotFiniteException when loss or gradients are not finite; the update is not carried out
     */
    Done run(long n, long step) {
        try (Scope scope = device.scope()) {
            double lr = player.prepare(n);
            measure(draw(n));
            Player.Measured measured = player.measured();
            if (!measured.finite()) {
                throw explain(n, step);
            }
            update();
            return new Done(lr, measured);
        }
    }

    private D draw(long n) {
        return loss.draw(batches.apply(n), draws, Math.toIntExact(n));
    }

    private void measure(D draw) {
        List<Tensor> inputs = replay ? loss.inputs(draw) : List.of();
        int branch = loss.branch(draw);
        RecordedStep known = recorded.get(branch);
        gradients = null;
        if (known != null && known.fits(inputs)) {
            known.measure(inputs);
        } else if (known == null && !inputs.isEmpty() && recorded.size() < MOST_RECORDED) {
            known = new RecordedStep(device, inputs, () -> work(draw));
            recorded.put(branch, known);
        } else {
            known = null;
            gradients = work(draw);
        }
        current = known;
    }

    private List<Tensor> work(D draw) {
        LossResult result = loss.loss(player.network(), draw);
        List<Tensor> found = Grad.of(result.total(), player.leaves());
        player.measure(found, result);
        return found;
    }

    private void update() {
        List<Tensor> anew = gradients;
        RecordedStep known = current;
        if (anew != null) {
            player.update(anew);
            gradients = null;
        } else if (known != null) {
            known.update(player);
        } else {
            throw new IllegalStateException("training step: got an update without gradients; expected measure first");
        }
    }

    /** Runs the loss of an update anew, recording nothing. */
    private NotFiniteException explain(long n, long step) {
        try (Scope scope = device.scope()) {
            Batch batch = batches.apply(n);
            return new NotFiniteSearch(step, player)
                    .run(batch.x0(), () -> loss.loss(player.network(), loss.draw(batch, draws, Math.toIntExact(n))));
        }
    }

    @Override
    public void close() {
        recorded.values().forEach(RecordedStep::close);
        recorded.clear();
        current = null;
    }
}
