package org.fewstep.loss;

import org.fewstep.tensor.Rng;

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

    /** The objective for a draw; deterministic. */
    LossResult loss(N net, D draw);

    /** How the samples hang together. */
    Coupling coupling();

    /**
     * The draw of samples from (included) to (excluded).
     *
     * @throws IllegalArgumentException when the loss couples the whole batch
     */
    D slice(D draw, int from, int to);
}
