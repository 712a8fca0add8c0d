package org.fewstep.loss;

import java.util.List;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A training objective.
 *
 * @param <N> the network, or a record of networks by role
 * @param <D> the draw: everything random of one step
 */
public interface Loss<N, D> {
    /**
     * Draws times, noise and masks for a batch, in the innermost scope.
     *
     * @param step training step; with the seed it fixes all numbers
     */
    D draw(Batch batch, Rng rng, int step);

    /** The objective for a draw; deterministic, and made of workloads alone where {@link #inputs} are named. */
    LossResult loss(N net, D draw);

    /**
     * The tensors through which draws of one shape differ, in a fixed order: a recorded step gets the next draw's numbers
     * in them. Empty where the loss reads host numbers of the draw, so that it cannot be recorded.
     */
    default List<Tensor> inputs(D draw) {
        return List.of();
    }

    /**
     * Which of its sequences of operations the loss goes through for a draw, at least 0: a recorded step serves the draws of
     * its own branch. 0 where all draws go the same way.
     */
    default int branch(D draw) {
        return 0;
    }

    /** How the samples hang together. */
    Coupling coupling();

    /**
     * The draw of samples from (included) to (excluded).
     *
     * @throws IllegalArgumentException when the loss couples the whole batch
     */
    D slice(D draw, int from, int to);
}
