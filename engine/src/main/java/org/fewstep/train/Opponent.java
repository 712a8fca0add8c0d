package org.fewstep.train;

import org.fewstep.loss.Loss;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.sample.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * A network that is trained beside the student, before it in every step, by an optimizer and on data of its own: a
 * discriminator, or a score network of what the student makes.
 *
 * @param <M> type of network
 */
interface Opponent<M extends Module> {
    /** In files, metrics and messages. */
    String name();

    /** How its parameters follow their gradients. */
    OptimizerSettings optimizer();

    /** Updates a step of the student, at least 1. */
    int updates();

    /**
     * The network before its first update.
     *
     * @param teacher that the student learns from; null without one
     */
    M build(Init init, ModelSpec student, @Nullable Teacher teacher);

    /** The loss of an update; the student's parameters get no gradient from it. */
    Loss<? super M, ?> loss(Roles roles);
}
